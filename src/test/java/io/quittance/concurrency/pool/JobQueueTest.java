package io.quittance.concurrency.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class JobQueueTest {

  private static final Deadline LATER = Deadline.after(Duration.ofHours(1));

  private final JobQueue<String, String> queue = new JobQueue<>(settings().capacity(1).maxBatch(1));

  private final Workers workers = new Workers("test", Thread.ofVirtual().factory(), () -> {});

  /** Whoever comes at the right moments would keep them waiting for ever. */
  @RepeatedTest(20)
  void keepsRoomForThoseWhoWait() throws Exception {
    queue.add(List.of(job("first")));
    FutureTask<Void> second = waiting("second");
    FutureTask<Void> third = waiting("third");

    String taken = taken();
    boolean overtaken = offered();

    assertThat(taken).isEqualTo("first");
    assertThat(overtaken).isFalse();
    LATER.await(second);
    assertThat(taken()).isEqualTo("second");
    LATER.await(third);
    assertThat(taken()).isEqualTo("third");
    assertThat(offered()).isTrue();
  }

  /** The first letter is the party. */
  @Test
  void partiesTakeTurns() {
    var turns = new JobQueue<>(settings().maxBatch(3).inTurns(name -> name.charAt(0)));
    turns.add(List.of(job("a1"), job("a2"), job("a3"), job("a4")));
    turns.add(List.of(job("b1"), job("c1"), job("b2")));

    assertThat(names(turns.take(workers))).containsExactly("a1", "b1", "c1");
    turns.add(List.of(job("c2"), job("d1")));
    assertThat(names(turns.take(workers))).containsExactly("a2", "b2", "c2");
    assertThat(names(turns.take(workers))).containsExactly("d1", "a3", "a4");
    assertThat(turns.depth()).isZero();
  }

  @Test
  void aPartyWithEnoughInHandHasItsNextTurnLastWhenOneOfThemEnds() {
    var turns = new JobQueue<>(settings().inTurns(name -> name.charAt(0)).perParty(2, 9));
    turns.add(List.of(job("a1"), job("a2"), job("a3"), job("a4")));
    List<Job<String, String>> first = turns.take(workers);
    turns.take(workers); // a2
    turns.add(List.of(job("b1"), job("b2"), job("c1")));

    assertThat(names(turns.take(workers))).containsExactly("b1");
    turns.handIn(first);
    assertThat(names(turns.take(workers))).containsExactly("c1");
    assertThat(names(turns.take(workers))).containsExactly("b2");
    assertThat(names(turns.take(workers))).containsExactly("a3");
    assertThat(turns.depth()).isEqualTo(1);
  }

  /** Of eight workers a party may have six while it is alone, and two have three each. */
  @Test
  void severalPartiesWithManyJobsLeaveWorkersToOthers() throws Exception {
    var turns = eightWorkers();
    for (String party : List.of("a", "b")) {
      turns.add(jobs(party, 7));
    }
    assertThat(taken(turns, 6)).containsExactly("a1", "b1", "a2", "b2", "a3", "b3");

    turns.add(jobs("c", 2));
    assertThat(taken(turns, 1)).containsExactly("c1");
    turns.add(jobs("d", 2));
    assertThat(taken(turns, 1)).containsExactly("d1");
  }

  /** It may have more as soon as others have less, not only when one of its own jobs ends. */
  @Test
  void aPartyGetsATurnWhenAnotherPartysJobEnds() throws Exception {
    var turns = eightWorkers();
    turns.add(jobs("a", 9));
    turns.add(jobs("b", 1));
    taken(turns, 1); // a1
    List<Job<String, String>> other = turns.take(workers); // b1
    assertThat(taken(turns, 4)).containsExactly("a2", "a3", "a4", "a5");

    turns.handIn(other);

    assertThat(taken(turns, 1)).containsExactly("a6");
    turns.add(jobs("c", 1));
    assertThat(taken(turns, 1)).containsExactly("c1");
  }

  @Test
  void aPartyGetsATurnWhenThereAreMoreWorkers() throws Exception {
    var turns =
        new JobQueue<>(settings().workers(3).inTurns(name -> name.charAt(0)).perParty(2, 9));
    turns.add(jobs("a", 2));
    turns.add(jobs("b", 1));
    assertThat(taken(turns, 2)).containsExactly("a1", "b1");

    turns.resize(6);

    assertThat(taken(turns, 1)).containsExactly("a2");
  }

  private static JobQueue<String, String> eightWorkers() {
    return new JobQueue<>(settings().workers(8).inTurns(name -> name.charAt(0)).perParty(6, 9));
  }

  private static List<Job<String, String>> jobs(String party, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(number -> job(party + number)).toList();
  }

  private List<String> taken(JobQueue<String, String> queue, int count) throws Exception {
    var take =
        new FutureTask<>(
            () ->
                Stream.generate(() -> names(queue.take(workers)).getFirst()).limit(count).toList());
    Thread.ofVirtual().start(take);
    return take.get(20, TimeUnit.SECONDS);
  }

  @Test
  void refusesAPartyThatHasEnoughWaitingAndTakesOthers() {
    var turns = new JobQueue<>(settings().inTurns(name -> name.charAt(0)).perParty(9, 2));
    turns.add(List.of(job("a1")));

    assertThatThrownBy(() -> turns.add(List.of(job("b1"), job("a2"), job("a3"))))
        .isInstanceOf(QueueFullException.class);
    turns.add(List.of(job("b1"), job("a2"), job("b2")));
    turns.take(workers); // a1
    turns.add(List.of(job("a3")));
    assertThat(turns.depth()).isEqualTo(4);
  }

  @Test
  void tellsOfTheJobThatHasWaitedLongestWhoeverHasTheTurn() {
    var time = new AtomicLong();
    var turns = new JobQueue<>(settings().ticker(time::get).inTurns(name -> name.charAt(0)));
    turns.add(List.of(new Job<>("a1", LATER, 5), new Job<>("a2", LATER, 7)));
    turns.add(List.of(new Job<>("b1", LATER, 9)));
    time.set(20);

    assertThat(turns.backlog()).isEqualTo(Duration.ofNanos(15));
    turns.take(workers); // a1; it is b's turn
    turns.take(workers); // b1
    assertThat(turns.backlog()).isEqualTo(Duration.ofNanos(13));
  }

  @Test
  void aBatchEndsWithTheJobByWhichItIsHeavyEnough() {
    var heavy = new JobQueue<>(settings().maxBatch(9).maxBatchWeight(4, String::length));
    heavy.add(List.of(job("aaaaaaaa"), job("b"), job("cc"), job("dd"), job("e")));

    assertThat(names(heavy.take(workers))).containsExactly("aaaaaaaa");
    assertThat(names(heavy.take(workers))).containsExactly("b", "cc", "dd");
    assertThat(names(heavy.take(workers))).containsExactly("e");
  }

  private static WorkerPoolBuilder<String, String> settings() {
    return WorkerPool.named("test", _ -> {});
  }

  private static List<String> names(List<Job<String, String>> jobs) {
    return jobs.stream().map(Job::item).toList();
  }

  private boolean offered() {
    try {
      queue.add(List.of(job("impatient")));
      return true;
    } catch (QueueFullException e) {
      return false;
    }
  }

  private FutureTask<Void> waiting(String name) {
    var task =
        new FutureTask<Void>(
            () -> {
              queue.addWhenRoom(job(name));
              return null;
            });
    Thread thread = Thread.ofPlatform().start(task);
    Waiting.until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return task;
  }

  private String taken() {
    return queue.take(workers).getFirst().item();
  }

  private static Job<String, String> job(String name) {
    return new Job<>(name, LATER, 0);
  }
}
