package io.quittance.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a configuration of nginx says of requests to its first server: locations by prefix only. */
public final class NginxConfiguration {

  private static final Pattern LOCATION = Pattern.compile("location (\\S+) \\{([^}]*)}");

  private final Map<String, String> locations = new LinkedHashMap<>();
  private final String server;

  private NginxConfiguration(String text) {
    String first = text.substring(text.indexOf("server {"));
    Matcher location = LOCATION.matcher(first);
    while (location.find()) {
      locations.put(location.group(1), location.group(2));
    }
    server = location.replaceAll("");
  }

  public static NginxConfiguration read(Path file) throws IOException {
    return new NginxConfiguration(Files.readString(file).replaceAll("(?m)^\\s*#.*\\R", ""));
  }

  /** A directive's value for a path: that of the longest location, or else that of the server. */
  public String of(String path, String directive) {
    String location =
        locations.keySet().stream()
            .filter(path::startsWith)
            .max(Comparator.comparingInt(String::length))
            .orElseThrow();
    return find(locations.get(location), directive)
        .or(() -> find(server, directive))
        .orElseThrow(() -> new AssertionError(directive + " of " + path));
  }

  private static Optional<String> find(String block, String directive) {
    return Pattern.compile("(?m)^\\s*" + directive + "\\s+([^;]+);")
        .matcher(block)
        .results()
        .map(found -> found.group(1))
        .findFirst();
  }
}
