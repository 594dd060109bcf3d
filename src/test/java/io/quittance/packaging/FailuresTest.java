package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Proves;
import io.quittance.testing.TestClasses;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.type.MethodMetadata;

/** Each row of the table of failures has tests, which say so by {@link Proves}. */
class FailuresTest {

  private static final Path TABLE = Path.of("docs/failures.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (.+?) \\|");
  private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");

  /** Above the first row: the names of the columns. The line below them begins otherwise. */
  private static final int HEADS = 1;

  /** A test that is to prove what begins with some words. */
  private record Proof(String words, MethodMetadata test) {

    boolean isOf(String row) {
      return row.startsWith(words);
    }

    @Override
    public String toString() {
      String type = test.getDeclaringClassName();
      return "%s.%s proves \"%s\""
          .formatted(type.substring(type.lastIndexOf('.') + 1), test.getMethodName(), words);
    }
  }

  private final List<String> rows = rows();
  private final TestClasses tests = new TestClasses();
  private final List<Proof> proofs =
      tests.methodsWith(Proves.class).stream().flatMap(FailuresTest::proofs).toList();

  FailuresTest() throws IOException, URISyntaxException {}

  private static List<String> rows() throws IOException {
    return ROW.matcher(Files.readString(TABLE))
        .results()
        .skip(HEADS)
        .map(row -> LINK.matcher(row.group(1)).replaceAll("$1"))
        .toList();
  }

  private static Stream<Proof> proofs(MethodMetadata test) {
    String[] rows = test.getAnnotations().get(Proves.class).getStringArray("value");
    return Stream.of(rows).map(words -> new Proof(words, test));
  }

  @Test
  void eachRowIsProvedByATestOfEachBuild() {
    assertThat(rows)
        .hasSizeGreaterThan(40)
        .filteredOn(row -> proofs.stream().filter(this::eachBuildRuns).noneMatch(p -> p.isOf(row)))
        .as(
            "rows of %s without a test: write one, and mark it with @Proves and the row's first"
                + " words; tests that are tagged as long do not count",
            TABLE)
        .isEmpty();
  }

  private boolean eachBuildRuns(Proof proof) {
    return !tests.hasTag(proof.test(), "long");
  }

  @Test
  void eachProofIsOfOneRow() {
    assertThat(proofs)
        .filteredOn(proof -> rows.stream().filter(proof::isOf).count() != 1)
        .as(
            "tests that prove no row of %s, or more than one by the same words: take the first words"
                + " of one row, as many as no other row begins with",
            TABLE)
        .isEmpty();
  }

  @Test
  void eachProofIsATestThatRuns() {
    assertThat(proofs)
        .filteredOn(proof -> !tests.runs(proof.test()))
        .as(
            "methods that prove rows of %s, but are no tests, are disabled, or no class runs",
            TABLE)
        .isEmpty();
  }
}
