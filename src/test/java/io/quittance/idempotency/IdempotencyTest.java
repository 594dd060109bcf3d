package io.quittance.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.database.Clocks;
import io.quittance.idempotency.Idempotency.KeyOutcome;
import io.quittance.idempotency.Idempotency.LookupTiming;
import io.quittance.idempotency.Idempotency.RunResult;
import io.quittance.testing.Proves;
import io.quittance.web.DeadlineProperties;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ResolvesBy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessResourceFailureException;

/** What becomes of a request and of its repetitions, with a map for the table of keys. */
class IdempotencyTest {

  private static final UUID MERCHANT = UUID.randomUUID();
  private static final UUID MADE = UUID.randomUUID();
  private static final UUID OWN = UUID.randomUUID();
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);
  private static final ResolvesBy RESOLVES_BY =
      new ResolvesBy(
          new Clocks(CLOCK), new DeadlineProperties(2_000, 30_000), Duration.ofSeconds(5));

  private final Map<KeyedRequest.Id, KeyRecord> stored = new HashMap<>();
  private int lookedUp;
  private volatile boolean databaseAway;
  private volatile CountDownLatch hanging = new CountDownLatch(0);
  private int carriedOut;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final KeyLookups lookups = new KeyLookups(this::find, RESOLVES_BY, registry);
  private final List<RunningRequest> announced = new ArrayList<>();
  private final List<RunningRequest> withdrawn = new ArrayList<>();
  private final RunningRequests running =
      new RunningRequests(
          new RunningRequests.Announcer() {
            @Override
            public void announce(RunningRequest request) {
              announced.add(request);
            }

            @Override
            public void withdraw(RunningRequest request) {
              withdrawn.add(request);
            }
          });
  private final Idempotency idempotency =
      new Idempotency(running, lookups, new ObjectMapper(), new Clocks(CLOCK), registry);

  @AfterEach
  void close() {
    lookups.close();
  }

  private Map<KeyedRequest.Id, KeyRecord> find(List<KeyedRequest.Id> keys) {
    lookedUp++;
    try {
      hanging.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (databaseAway) {
      throw new DataAccessResourceFailureException("the database is away");
    }
    return stored;
  }

  private KeyedRequest request(long amount) {
    return idempotency.request(MERCHANT, "POST /v1/payments", "k", Map.of("amount", amount));
  }

  private KeyRecord recorded(KeyedRequest request) {
    return new KeyRecord(request.fingerprint(), MADE, null, null, CLOCK.instant().plusSeconds(2));
  }

  private String carryOut() {
    carriedOut++;
    return "made";
  }

  private String run(KeyedRequest request, Supplier<String> first) {
    return run(request, first, holder -> Optional.of("replayed " + holder.objectId()));
  }

  private String run(
      KeyedRequest request, Supplier<String> first, Function<KeyRecord, Optional<String>> replay) {
    return idempotency.run(
        request,
        Deadline.after(Duration.ofMinutes(1)),
        Duration.ZERO,
        Replayable.of(first, replay));
  }

  private static Consumer<Problem> code(ProblemCode code) {
    return problem -> assertThat(problem.code()).isEqualTo(code);
  }

  @Test
  void carriesOutARequestWhoseKeyIsNew() {
    assertThat(run(request(1), this::carryOut)).isEqualTo("made");
  }

  @Test
  void tellsARepetitionWhatWasMadeAndMakesNothing() {
    stored.put(request(1).id(), recorded(request(1)));
    assertThat(run(request(1), this::carryOut)).isEqualTo("replayed " + MADE);
    assertThat(carriedOut).isZero();
  }

  @Test
  @Proves("a key cannot be looked up")
  void saysThatItIsUnknownWhenWhatAKeyStandsForCannotBeRead() {
    stored.put(request(1).id(), recorded(request(1)));
    assertThatThrownBy(
            () ->
                run(
                    request(1),
                    this::carryOut,
                    _ -> {
                      throw Problem.of(ProblemCode.DEADLINE_EXCEEDED);
                    }))
        .isInstanceOfSatisfying(
            Problem.class,
            late -> {
              assertThat(late.code()).isEqualTo(ProblemCode.DEADLINE_EXCEEDED);
              assertThat(late.isUnknown()).isTrue();
            });
  }

  @Test
  void refusesAnotherBodyUnderAUsedKey() {
    stored.put(request(1).id(), recorded(request(1)));
    assertThatThrownBy(() -> run(request(2), this::carryOut))
        .isInstanceOfSatisfying(Problem.class, code(ProblemCode.IDEMPOTENCY_KEY_REUSED));
    assertThat(carriedOut).isZero();
  }

  @Test
  void saysThatTheFirstRequestRunsOnAnotherReplica() {
    stored.put(request(1).id(), recorded(request(1)));
    assertThatThrownBy(() -> run(request(1), this::carryOut, _ -> Optional.empty()))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.IDEMPOTENCY_IN_PROGRESS);
              assertThat(problem.isUnknown()).isTrue();
            });
  }

  @Test
  void saysThatTheFirstRequestRunsOnThisReplica() {
    run(
        request(1),
        () -> {
          assertThatThrownBy(() -> run(request(1), this::carryOut))
              .isInstanceOfSatisfying(Problem.class, code(ProblemCode.IDEMPOTENCY_IN_PROGRESS));
          return carryOut();
        });
    assertThat(carriedOut).isOne();
  }

  @Test
  void replaysWhenAnotherReplicaClaimsTheKeyFirst() {
    KeyedRequest request = request(1);
    assertThat(
            run(
                request,
                () -> {
                  throw new KeyTakenException(recorded(request));
                }))
        .isEqualTo("replayed " + MADE);
  }

  @Test
  void leavesNothingBehindWhenTheFirstRequestFails() {
    assertThatThrownBy(
            () ->
                run(
                    request(1),
                    () -> {
                      throw new IllegalArgumentException("broken");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(run(request(1), this::carryOut)).isEqualTo("made");
  }

  /** The first request of the key may have been granted more than this one asks for. */
  @ParameterizedTest
  @CsvSource({"POST /v1/payments, 35", "POST /v1/payment-batches, 605"})
  @Proves("a key cannot be looked up")
  void promisesNothingWhenTheKeyCannotBeLookedUp(String operation, long seconds) {
    databaseAway = true;
    assertThatThrownBy(
            () ->
                idempotency.run(
                    idempotency.request(MERCHANT, operation, "k", Map.of("amount", 1)),
                    Deadline.after(Duration.ofMinutes(1)),
                    Duration.ZERO,
                    Replayable.of(this::carryOut, _ -> Optional.empty())))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.DEPENDENCY_UNAVAILABLE);
              assertThat(problem.isUnknown()).isTrue();
              assertThat(problem)
                  .extracting("resolvesBy")
                  .isEqualTo(CLOCK.instant().plusSeconds(seconds));
            });
    assertThat(carriedOut).isZero();
  }

  @Test
  void spendsNoLookUpOnWhatTheJournalDecides() {
    stored.put(request(1).id(), recorded(request(1)));
    assertThat(run(KeyOutcome.DECIDED)).isEqualTo("made");
    assertThat(lookedUp).isZero();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DECIDED")
  void looksAKeyUpThatTheJournalHasNotDecided(KeyOutcome outcome) {
    assertThat(run(outcome)).isEqualTo("made");

    stored.put(request(1).id(), recorded(request(1)));
    assertThat(run(outcome)).isEqualTo("replayed " + MADE);
    assertThat(lookedUp).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DECIDED")
  void refusesAnotherBodyAfterwardsToo(KeyOutcome outcome) {
    stored.put(request(1).id(), recorded(request(2)));
    assertThatThrownBy(() -> run(outcome))
        .isInstanceOfSatisfying(Problem.class, code(ProblemCode.IDEMPOTENCY_KEY_REUSED));
  }

  /** A look-up before it was too early. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DECIDED")
  void looksAgainForAKeyThatWasFreeBefore(KeyOutcome outcome) {
    String answer =
        run(
            LookupTiming.BEFORE,
            () -> {
              stored.put(request(1).id(), recorded(request(1)));
              return new RunResult<>("made", outcome, OWN);
            },
            holder -> Optional.of("replayed " + holder.objectId()));

    assertThat(answer).isEqualTo("replayed " + MADE);
  }

  @Test
  void looksAgainBeforeItSaysThatNothingHappened() {
    Problem overloaded = Problem.of(ProblemCode.OVERLOADED);
    assertThatThrownBy(() -> run(request(1), () -> fail(overloaded))).isSameAs(overloaded);

    String answer =
        run(
            request(1),
            () -> {
              stored.put(request(1).id(), recorded(request(1)));
              return fail(overloaded);
            });

    assertThat(answer).isEqualTo("replayed " + MADE);
    assertThat(lookedUp).isEqualTo(4);
  }

  @Test
  @Proves("a key cannot be looked up")
  void saysThatItIsUnknownWhenItCannotLookAgain() {
    assertThatThrownBy(
            () ->
                run(
                    request(1),
                    () -> {
                      databaseAway = true;
                      return fail(Problem.of(ProblemCode.OVERLOADED));
                    }))
        .isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.isUnknown()).isTrue());
  }

  @Test
  void doesNotLookAgainWhenTheRequestWasWrongOrItsOutcomeIsUnknown() {
    Problem wrong = Problem.of(ProblemCode.NOT_FOUND);
    Problem unknown = Problem.of(ProblemCode.DEADLINE_EXCEEDED).unknownUntil(CLOCK.instant());
    for (Problem problem : List.of(wrong, unknown)) {
      assertThatThrownBy(() -> run(request(1), () -> fail(problem))).isSameAs(problem);
    }
    assertThat(lookedUp).isEqualTo(2);
  }

  private static String fail(Problem problem) {
    throw problem;
  }

  /** It has stored nothing yet, and may still be applied. */
  @Test
  void saysThatTheFirstRequestWaitsOnAnotherReplica() {
    stored.put(request(1).id(), waiting(request(1)));
    assertThatThrownBy(() -> run(request(1), this::carryOut))
        .isInstanceOfSatisfying(Problem.class, code(ProblemCode.IDEMPOTENCY_IN_PROGRESS));
    assertThatThrownBy(() -> run(request(2), this::carryOut))
        .isInstanceOfSatisfying(Problem.class, code(ProblemCode.IDEMPOTENCY_KEY_REUSED));
    assertThat(carriedOut).isZero();
  }

  @Test
  void doesNotSayThatNothingHappenedWhileAnotherOneWaits() {
    assertThatThrownBy(
            () ->
                run(
                    request(1),
                    () -> {
                      stored.put(request(1).id(), waiting(request(1)));
                      return fail(Problem.of(ProblemCode.DEADLINE_EXCEEDED));
                    }))
        .isInstanceOfSatisfying(Problem.class, code(ProblemCode.IDEMPOTENCY_IN_PROGRESS));
  }

  /** Whichever of the two is applied first, the other one finds it. */
  @Test
  void leavesItsOwnAnswerInDoubtWhileAnotherOneWaits() {
    stored.put(request(1).id(), waiting(request(1)));
    assertThat(run(KeyOutcome.UNKNOWN)).isEqualTo("made");
  }

  private static KeyRecord waiting(KeyedRequest request) {
    return KeyRecord.waiting(request.fingerprint(), CLOCK.instant().plusSeconds(2));
  }

  @Test
  void tellsOtherReplicasOnceThatItWaitsAndWhenItHasEnded() {
    KeyedRequest request = request(1);
    run(
        request,
        () -> {
          request.onBlocked().run();
          request.onBlocked().run();
          announced.getFirst().markAnnounced();
          assertThat(withdrawn).isEmpty();
          return "made";
        });

    assertThat(announced).extracting(RunningRequest::request).containsExactly(request);
    assertThat(withdrawn).isEqualTo(announced);
  }

  /** Its command may still be applied, until its row in the table has expired. */
  @Test
  void leavesToOtherReplicasWhatIsStillInDoubt() {
    run(
        LookupTiming.AFTERWARDS,
        () -> {
          running.blocked(request(1).id());
          announced.getFirst().markAnnounced();
          return new RunResult<>("made", KeyOutcome.UNKNOWN, OWN);
        },
        _ -> Optional.empty());

    KeyedRequest second = request(2);
    assertThatThrownBy(
            () ->
                run(
                    second,
                    () -> {
                      second.onBlocked().run();
                      announced.getLast().markAnnounced();
                      return fail(
                          Problem.of(ProblemCode.DEADLINE_EXCEEDED).unknownUntil(CLOCK.instant()));
                    }))
        .isInstanceOf(Problem.class);

    assertThat(announced).hasSize(2);
    assertThat(withdrawn).isEmpty();
  }

  @Test
  void withdrawsNothingThatOtherReplicasDoNotKnowOf() {
    KeyedRequest request = request(1);
    run(
        request,
        () -> {
          request.onBlocked().run();
          return "made";
        });

    request.onBlocked().run();

    assertThat(announced).hasSize(1);
    assertThat(withdrawn).isEmpty();
  }

  @Test
  void saysThatAnotherOneStillRunsAndNamesNothingOfItsOwn() {
    stored.put(request(1).id(), recorded(request(1)));
    assertThatThrownBy(() -> run(KeyOutcome.UNKNOWN, _ -> Optional.empty()))
        .isInstanceOfSatisfying(Problem.class, code(ProblemCode.IDEMPOTENCY_IN_PROGRESS));
  }

  /** It has been committed by now, and is concluded later. */
  @Test
  void leavesItsOwnAnswerToWhatTurnsOutToBeItsOwn() {
    KeyRecord own = new KeyRecord(request(1).fingerprint(), OWN, null, null, CLOCK.instant());
    stored.put(request(1).id(), own);
    assertThat(run(KeyOutcome.UNKNOWN)).isEqualTo("made");
  }

  @Test
  void leavesInDoubtWhatCannotBeLookedUp() {
    databaseAway = true;
    assertThat(run(KeyOutcome.UNKNOWN)).isEqualTo("made");
    assertThatThrownBy(() -> run(KeyOutcome.NOT_ASKED))
        .isInstanceOfSatisfying(Problem.class, code(ProblemCode.DEPENDENCY_UNAVAILABLE));
  }

  /** The request's own deadline has not passed, so it is not to blame. */
  @Test
  void saysThatTheDatabaseIsUnavailableWhenALateLookUpHangs() {
    hanging = new CountDownLatch(1);
    assertThatThrownBy(() -> run(KeyOutcome.NOT_ASKED))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.DEPENDENCY_UNAVAILABLE);
              assertThat(problem.isUnknown()).isTrue();
            });
    hanging.countDown();
  }

  @Test
  void leavesInDoubtWhatWasInterrupted() {
    hanging = new CountDownLatch(1);
    Thread.currentThread().interrupt();
    assertThat(run(KeyOutcome.UNKNOWN)).isEqualTo("made");
    assertThat(Thread.interrupted()).isTrue();
    hanging.countDown();
  }

  private String run(KeyOutcome outcome) {
    return run(outcome, holder -> Optional.of("replayed " + holder.objectId()));
  }

  private String run(KeyOutcome outcome, Function<KeyRecord, Optional<String>> replay) {
    return run(LookupTiming.AFTERWARDS, () -> new RunResult<>("made", outcome, OWN), replay);
  }

  private String run(
      LookupTiming timing,
      Supplier<RunResult<String>> first,
      Function<KeyRecord, Optional<String>> replay) {
    return idempotency.run(
        request(1),
        Deadline.after(Duration.ofMinutes(1)),
        Duration.ZERO,
        new Replayable<>() {
          @Override
          public LookupTiming lookupTiming() {
            return timing;
          }

          @Override
          public RunResult<String> run() {
            return first.get();
          }

          @Override
          public Optional<String> replay(KeyRecord holder) {
            return replay.apply(holder);
          }
        });
  }
}
