package io.quittance.analytics.intake;

import io.quittance.analytics.event.EventFormat;
import io.quittance.analytics.event.EventParser;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** Reads bodies of events from requests: their format, and their bytes, which may be compressed. */
final class EventBodies {

  private static final int BUFFER_BYTES = 16_384;

  private EventBodies() {}

  /** The format that the header Content-Type names. */
  static EventFormat format(HttpServletRequest request) {
    String header = request.getContentType();
    try {
      MediaType type = header == null ? MediaType.ALL : MediaType.parseMediaType(header);
      return EventFormat.of(type.getType() + "/" + type.getSubtype())
          .orElseThrow(EventBodies::unsupported);
    } catch (InvalidMediaTypeException e) {
      throw unsupported();
    }
  }

  private static Problem unsupported() {
    return Problem.of(
        ProblemCode.UNSUPPORTED_MEDIA_TYPE,
        "The body must be one of %s, in UTF-8."
            .formatted(
                Arrays.stream(EventFormat.values())
                    .map(EventFormat::mediaType)
                    .collect(Collectors.joining(", "))));
  }

  /**
   * The bytes of the body.
   *
   * @throws Problem 413 when there are more than {@link EventParser#BYTES_MAX}
   */
  static byte[] bytes(HttpServletRequest request) throws IOException {
    InputStream sent = request.getInputStream();
    if (request.getHeader(HttpHeaders.CONTENT_ENCODING) == null) {
      return limited(sent);
    }
    try (var uncompressed = new GZIPInputStream(sent, BUFFER_BYTES)) {
      return limited(uncompressed);
    } catch (ZipException | EOFException e) {
      throw Problem.of(ProblemCode.INVALID_REQUEST, "The body is not valid gzip.");
    }
  }

  private static byte[] limited(InputStream body) throws IOException {
    byte[] bytes = body.readNBytes(EventParser.BYTES_MAX + 1);
    if (bytes.length > EventParser.BYTES_MAX) {
      throw Problem.of(
          ProblemCode.REQUEST_TOO_LARGE,
          "The body of this request may have at most %d bytes, uncompressed."
              .formatted(EventParser.BYTES_MAX));
    }
    return bytes;
  }
}
