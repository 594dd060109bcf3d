package io.quittance.analytics.intake;

import io.quittance.analytics.name.Name;
import io.quittance.analytics.name.Vocabularies;
import io.quittance.concurrency.pool.Job;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Assigns the names of bodies before their events are counted. Thread-safe. */
@Component
public final class NameAssignment {

  private final Vocabularies vocabularies;

  NameAssignment(Vocabularies vocabularies) {
    this.vocabularies = vocabularies;
  }

  /** Assigns names, and returns the bodies whose names are assigned; the others have failed. */
  public List<Job<Body, IntakeResult>> assigned(List<Job<Body, IntakeResult>> jobs) {
    Map<UUID, List<Name>> names = new HashMap<>();
    for (Job<Body, IntakeResult> job : jobs) {
      Body body = job.item();
      names
          .computeIfAbsent(body.merchantId(), _ -> new ArrayList<>())
          .addAll(body.content().newNames());
    }
    Map<UUID, Exception> failures = new HashMap<>();
    names.forEach(
        (merchantId, own) -> {
          try {
            vocabularies.assign(merchantId, own);
          } catch (SQLException | RuntimeException e) {
            failures.put(merchantId, e);
          }
        });
    return jobs.stream()
        .filter(
            job -> {
              Exception failure = failures.get(job.item().merchantId());
              if (failure != null) {
                job.fail(failure);
              }
              return failure == null;
            })
        .toList();
  }
}
