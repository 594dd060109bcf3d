package io.quittance.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quittance.money.Currencies;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * The files of the console, in memory. Their version is a hash of all of them and part of their
 * paths, so that modules import each other by relative paths, browsers cache them for ever, and
 * files of different versions never mix.
 */
@Component
@ConditionalOnProperty("quittance.console.enabled")
final class Assets {

  static final String ROOT = "/console/assets/";

  /** The only file that is served without a version in its path. */
  static final String INDEX = "index.html";

  private static final String OWN = "console/";
  private static final String WEBJARS = "META-INF/resources/webjars/";

  /** Files of other projects, by their names here. */
  private static final Map<String, String> VENDORS =
      Map.of(
          "vendor/uPlot.js", "uplot/*/dist/uPlot.iife.min.js",
          "vendor/uPlot.css", "uplot/*/dist/uPlot.min.css",
          "vendor/lit-html.js", "lit-html/*/lit-html.js",
          "vendor/directive.js", "lit-html/*/directive.js",
          "vendor/directive-helpers.js", "lit-html/*/directive-helpers.js",
          "vendor/directives/repeat.js", "lit-html/*/directives/repeat.js",
          "vendor/directives/live.js", "lit-html/*/directives/live.js");

  private final PathMatchingResourcePatternResolver resources =
      new PathMatchingResourcePatternResolver();

  private final SortedMap<String, Asset> files = new TreeMap<>();
  private final String version;
  private final Asset index;

  Assets() throws IOException {
    var bytes = new TreeMap<String, byte[]>();
    for (Resource file : resources.getResources("classpath:" + OWN + "**/*.*")) {
      String path = file.getURL().getPath();
      bytes.put(path.substring(path.lastIndexOf(OWN) + OWN.length()), file.getContentAsByteArray());
    }
    for (var vendor : VENDORS.entrySet()) {
      bytes.put(vendor.getKey(), webjar(vendor.getValue()));
    }
    bytes.put("currencies.js", currencies().getBytes(UTF_8));
    byte[] page = Objects.requireNonNull(bytes.remove(INDEX), INDEX);
    version = hash(page, bytes);
    bytes.forEach((name, content) -> files.put(name, Asset.of(name, content)));
    index = Asset.of(INDEX, new String(page, UTF_8).replace("{assets}", base()).getBytes(UTF_8));
  }

  private byte[] webjar(String pattern) throws IOException {
    Resource[] found = resources.getResources("classpath*:" + WEBJARS + pattern);
    if (found.length != 1) {
      throw new IllegalStateException("not exactly one " + pattern);
    }
    return found[0].getContentAsByteArray();
  }

  /** The decimals of each currency, as the service has them. */
  private static String currencies() {
    return Currencies.active().stream()
        .map(code -> code + ':' + Currencies.decimals(code))
        .collect(Collectors.joining(",", "export const CURRENCY_DECIMALS = {", "};\n"));
  }

  private static String hash(byte[] page, SortedMap<String, byte[]> others) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    digest.update(page);
    others.forEach(
        (name, content) -> {
          digest.update((name + '\0' + content.length + '\0').getBytes(UTF_8));
          digest.update(content);
        });
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private String base() {
    return ROOT + version + '/';
  }

  /** The page; its ETag changes with any file. */
  Asset index() {
    return index;
  }

  String version() {
    return version;
  }

  /**
   * Finds a file of this version.
   *
   * @param path what follows {@link #ROOT}
   * @return null if this version has no such file
   */
  @Nullable Asset find(String path) {
    return path.startsWith(version + '/') ? files.get(path.substring(version.length() + 1)) : null;
  }
}
