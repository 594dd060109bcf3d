package io.quittance.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.util.Map;

/** A call to another service with a span, which is the current one of the thread. */
final class CallSpan implements Call {

  private static final int ERROR_MIN = 400;

  private final Span span;
  private final Map<String, String> headers;
  private final Scope current;

  @SuppressWarnings("MustBeClosedChecker") // close() closes it.
  CallSpan(Span span, Map<String, String> headers) {
    this.span = span;
    this.headers = headers;
    this.current = span.makeCurrent();
  }

  @Override
  public Map<String, String> headers() {
    return headers;
  }

  @Override
  public void answered(int status) {
    span.setAttribute("http.response.status_code", status);
    if (status >= ERROR_MIN) {
      span.setStatus(StatusCode.ERROR);
    }
  }

  /** The message is not sent: it may hold what a receiver answered. */
  @Override
  public void failed(Throwable error) {
    span.setAttribute("error.type", error.getClass().getName());
    span.setStatus(StatusCode.ERROR);
  }

  @Override
  public void close() {
    current.close();
    span.end();
  }
}
