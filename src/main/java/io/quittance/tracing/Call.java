package io.quittance.tracing;

import java.util.Map;

/** A call to another service. Confined to the thread that began it. */
public interface Call extends AutoCloseable {

  /** A call that leaves no trace. */
  Call UNTRACED =
      new Call() {
        @Override
        public Map<String, String> headers() {
          return Map.of();
        }

        @Override
        public void answered(int status) {
          // There is no span to note it on.
        }

        @Override
        public void failed(Throwable error) {
          // There is no span to note it on.
        }

        @Override
        public void close() {
          // Nothing was begun.
        }
      };

  /** What to send along, so that the other side's spans become a part of the trace. */
  Map<String, String> headers();

  /** An HTTP status came back; 400 and above is an error. */
  void answered(int status);

  /** There was no answer, or none that could be used. */
  void failed(Throwable error);

  @Override
  void close();
}
