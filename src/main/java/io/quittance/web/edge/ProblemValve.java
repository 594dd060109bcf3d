package io.quittance.web.edge;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ProblemWriter;
import io.quittance.web.RequestId;
import io.quittance.web.SecurityHeaders;
import java.io.IOException;
import java.io.Writer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests that Tomcat itself refuses with problem details: no page, no stack trace, no
 * version.
 */
public final class ProblemValve extends ErrorReportValve {

  @Override
  protected void report(Request request, Response response, @Nullable Throwable throwable) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    String id =
        RequestId.from(
            response.getHeader(RequestId.HEADER) != null
                ? response.getHeader(RequestId.HEADER)
                : request.getHeader(RequestId.HEADER));
    response.setHeader(RequestId.HEADER, id);
    SecurityHeaders.add(request, response);
    response.setStatus(code(status).status());
    ProblemWriter.headers(Problem.of(code(status)))
        .forEach((name, values) -> response.setHeader(name, values.getFirst()));
    response.setContentType("application/problem+json");
    try {
      Writer out = response.getReporter();
      if (out != null) {
        out.write(body(code(status), id));
        response.finishResponse();
      }
    } catch (IOException e) {
      container.getLogger().debug("The client closed the connection before it read the problem", e);
    }
  }

  private static ProblemCode code(int status) {
    return switch (status) {
      case 404 -> ProblemCode.NOT_FOUND;
      case 405, 501 -> ProblemCode.METHOD_NOT_ALLOWED;
      case 406 -> ProblemCode.NOT_ACCEPTABLE;
      case 413 -> ProblemCode.REQUEST_TOO_LARGE;
      case 415 -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
      case 503 -> ProblemCode.OVERLOADED;
      default ->
          status < 500 || status == 505 ? ProblemCode.INVALID_REQUEST : ProblemCode.INTERNAL_ERROR;
    };
  }

  /** Written by hand: it contains nothing of the request, so nothing needs escaping. */
  private static String body(ProblemCode code, String requestId) {
    return """
    {"type":"urn:quittance:problem:%s","title":"%s","status":%d,"detail":"%s.","instance":"/",\
    "code":"%s","request_id":"%s","retryable":%s,"outcome":"none"}\
    """
        .formatted(
            code.code(),
            code.title(),
            code.status(),
            code.title(),
            code.code(),
            requestId,
            code.retryable());
  }
}
