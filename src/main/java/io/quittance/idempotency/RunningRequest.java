package io.quittance.idempotency;

import io.quittance.concurrency.Deadline;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/** A request with a key that runs on this replica. Thread-safe. */
final class RunningRequest {

  private final UUID id = UUID.randomUUID();
  private final KeyedRequest request;
  private final Deadline deadline;
  private final AtomicBoolean blocked = new AtomicBoolean();
  private volatile boolean inDoubt;
  private volatile boolean announced;
  private volatile boolean ended;

  RunningRequest(KeyedRequest request, Deadline deadline) {
    this.request = request;
    this.deadline = deadline;
  }

  /** Unique to this run of the request. */
  UUID id() {
    return id;
  }

  KeyedRequest request() {
    return request;
  }

  Deadline deadline() {
    return deadline;
  }

  /** Records that its command has to wait for a lock; returns whether this is the first time. */
  boolean block() {
    return !blocked.getAndSet(true);
  }

  /** Records that other replicas know of it. */
  void markAnnounced() {
    announced = true;
  }

  /** Records that its command may still be applied after the request has been answered. */
  void leaveInDoubt() {
    inDoubt = true;
  }

  boolean inDoubt() {
    return inDoubt;
  }

  /** Records that it has ended; returns whether other replicas know of it. */
  boolean end() {
    ended = true;
    return announced;
  }

  boolean ended() {
    return ended;
  }
}
