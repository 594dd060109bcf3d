package io.quittance.concurrency;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;

/** The thread-locals that subtasks inherit: MDC, and what else is registered with Micrometer. */
final class Contexts {

  private static final ContextSnapshotFactory FACTORY =
      ContextSnapshotFactory.builder()
          .contextRegistry(
              ContextRegistry.getInstance()
                  .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor()))
          .build();

  private Contexts() {}

  /** Those of the calling thread, now. */
  static ContextSnapshot capture() {
    return FACTORY.captureAll();
  }
}
