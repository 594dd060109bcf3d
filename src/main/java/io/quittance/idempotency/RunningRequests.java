package io.quittance.idempotency;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The requests with keys that run on this replica, one for each key. Other replicas are told of
 * those that have to wait for a lock. Thread-safe.
 */
@Component
final class RunningRequests {

  /** Tells other replicas. The methods return at once, and do not throw. */
  interface Announcer {

    /** Called when a request has to wait for a lock. */
    void announce(RunningRequest request);

    /** Called when a request has ended that other replicas know of. */
    void withdraw(RunningRequest request);
  }

  private final Map<KeyedRequest.Id, RunningRequest> running = new ConcurrentHashMap<>();
  private final Announcer announcer;

  RunningRequests(Announcer announcer) {
    this.announcer = announcer;
  }

  /**
   * Adds a request, which must {@link #end}.
   *
   * @return null; or another request that runs under the key, and this one was not added
   */
  @Nullable RunningRequest begin(RunningRequest request) {
    return running.putIfAbsent(request.request().id(), request);
  }

  /** Called when the command of the request under this key has to wait for a lock. */
  void blocked(KeyedRequest.Id key) {
    RunningRequest request = running.get(key);
    if (request != null && request.block()) {
      announcer.announce(request);
    }
  }

  /** Called when a request is answered. If it is in doubt, it waits for other replicas still. */
  void end(RunningRequest request) {
    running.remove(request.request().id(), request);
    if (!request.inDoubt() && request.end()) {
      announcer.withdraw(request);
    }
  }
}
