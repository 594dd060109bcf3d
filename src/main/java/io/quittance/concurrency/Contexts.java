package io.quittance.concurrency;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;

/** The thread-locals that subtasks inherit: MDC, and others that are registered with Micrometer. */
final class Contexts {

  private static final ContextSnapshotFactory FACTORY =
      ContextSnapshotFactory.builder()
          .contextRegistry(
              ContextRegistry.getInstance()
                  .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor()))
          .build();

  private Contexts() {}

  /** Captures those of the calling thread. */
  static ContextSnapshot capture() {
    return FACTORY.captureAll();
  }
}
