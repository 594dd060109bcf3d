package io.quittance.console;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Profile;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves the page, which browsers revalidate each time, and its files, which they cache for ever,
 * because the version is part of the path.
 */
@RestController
@ConditionalOnProperty("quittance.console.enabled")
class PageController {

  /** Redirects visitors of the sandbox to the console. */
  @RestController
  @Profile("sandbox")
  @ConditionalOnProperty("quittance.console.enabled")
  static class Entrance {

    @GetMapping("/")
    ResponseEntity<Void> enter() {
      return toConsole();
    }
  }

  private final Assets assets;

  PageController(Assets assets) {
    this.assets = assets;
  }

  @GetMapping("/console")
  ResponseEntity<Void> withoutSlash() {
    return toConsole();
  }

  private static ResponseEntity<Void> toConsole() {
    return ResponseEntity.status(HttpStatus.FOUND).location(URI.create("/console/")).build();
  }

  @GetMapping("/console/")
  ResponseEntity<byte[]> page(
      HttpServletResponse response,
      @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, required = false)
          @Nullable String encodings) {
    return answer(assets.index(), encodings, CacheControl.noCache(), response);
  }

  @GetMapping("/console/assets/**")
  ResponseEntity<byte[]> file(
      HttpServletRequest request,
      HttpServletResponse response,
      @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, required = false)
          @Nullable String encodings) {
    Asset asset = assets.find(request.getServletPath().substring(Assets.ROOT.length()));
    if (asset == null) {
      throw Problem.of(ProblemCode.NOT_FOUND, "The console has no such file.");
    }
    return answer(
        asset,
        encodings,
        CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable(),
        response);
  }

  private ResponseEntity<byte[]> answer(
      Asset asset, @Nullable String encodings, CacheControl caching, HttpServletResponse response) {
    // Set on the response, because ResponseEntity would add a second Cache-Control.
    response.setHeader(HttpHeaders.CACHE_CONTROL, caching.getHeaderValue());
    boolean gzip = encodings != null && takesGzip(encodings);
    var answer =
        ResponseEntity.ok()
            // Two forms of one file have two tags (RFC 9110, 8.8.3.3).
            .eTag(assets.version() + (gzip ? "-gzip" : ""))
            .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
            .header(HttpHeaders.CONTENT_TYPE, asset.type());
    return gzip
        ? answer.header(HttpHeaders.CONTENT_ENCODING, "gzip").body(asset.compressed())
        : answer.body(asset.bytes());
  }

  private static boolean takesGzip(String encodings) {
    return Arrays.stream(encodings.split(",", -1))
        .map(String::strip)
        .anyMatch(
            one ->
                one.equalsIgnoreCase("gzip")
                    || one.toLowerCase(Locale.ROOT).matches("gzip\\s*;\\s*q=(1.*|0\\.0*[1-9].*)"));
  }
}
