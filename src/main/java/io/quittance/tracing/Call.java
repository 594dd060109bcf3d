package io.quittance.tracing;

import java.util.Map;

/** A call to another service. Confined to the thread that began it. */
public interface Call extends AutoCloseable {

  /** A call without its own span, which propagates a trace if there is one. */
  record WithoutSpan(Map<String, String> headers) implements Call {
    @Override
    public void answered(int status) {
      // There is no span to record it on.
    }

    @Override
    public void failed(Throwable error) {
      // There is no span to record it on.
    }

    @Override
    public void close() {
      // Nothing was started.
    }
  }

  /** A call that leaves no trace. */
  Call UNTRACED = new WithoutSpan(Map.of());

  /** The headers that make the other side's spans a part of the trace. */
  Map<String, String> headers();

  /** An HTTP status came back; 400 and above is an error. */
  void answered(int status);

  /** There was no answer, or none that could be used. */
  void failed(Throwable error);

  @Override
  void close();
}
