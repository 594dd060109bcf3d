package io.quittance.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quittance.money.Currencies;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A journal in the hands of the real hledger. Where that is not installed, tests are skipped. */
public record Hledger(String journal) {

  private static final Pattern ROW = Pattern.compile("\"([^\"]*)\",\"([^\"]*)\"");
  private static final Pattern CODE =
      Pattern.compile("(?m)^\\d{4}-\\d\\d-\\d\\d \\* \\((trf_\\w+)\\)");

  public static Hledger read(String journal) {
    assumeTrue(installed(), "hledger is not installed: apt-get install hledger");
    return new Hledger(journal);
  }

  private static boolean installed() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "hledger")));
  }

  /** Everything is declared, every transaction balances, every assertion holds. */
  public void check() {
    run("check", "--strict");
  }

  /** Each account's balance as hledger adds it up, e.g. {@code 12.34 EUR}. */
  public Map<String, String> balances() {
    Map<String, String> balances = new TreeMap<>();
    for (String line : run("balance", "--flat", "--empty", "--no-total", "-O", "csv").split("\n")) {
      var row = ROW.matcher(line);
      assertThat(row.matches()).as(line).isTrue();
      if (!row.group(1).equals("account")) {
        balances.put(row.group(1), row.group(2));
      }
    }
    return balances;
  }

  /** The transfers in the order of the file, as hledger prints them. */
  public List<String> transfers() {
    return CODE.matcher(run("print")).results().map(code -> code.group(1)).toList();
  }

  /** An amount as hledger shows it. */
  public static String amount(long minorUnits, String currency) {
    if (minorUnits == 0) {
      return "0";
    }
    return BigDecimal.valueOf(minorUnits, Currencies.decimals(currency)).toPlainString()
        + " "
        + currency;
  }

  private String run(String... arguments) {
    try {
      Path file = Files.createTempFile("quittance", ".journal");
      Path output = Files.createTempFile("quittance", ".out");
      Files.writeString(file, journal);
      var command = new ArrayList<>(List.of("hledger", "-f", file.toString()));
      command.addAll(List.of(arguments));
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(output.toFile()).environment().put("LC_ALL", "C.UTF-8");
      int exit = builder.start().waitFor();
      String text = Files.readString(output);
      assertThat(exit).as("%s said: %s\nof:\n%s", command, text, journal).isZero();
      Files.delete(file);
      Files.delete(output);
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
