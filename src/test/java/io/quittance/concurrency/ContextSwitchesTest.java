package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextSwitchesTest {

  @TempDir private Path tasks;

  @Test
  void areThoseOfAllThreadsWithoutThoseThatEndMeanwhile() throws Exception {
    thread("1", "Name:\tmain\nvoluntary_ctxt_switches:\t40\nnonvoluntary_ctxt_switches:\t3\n");
    thread("2", "voluntary_ctxt_switches:\t2\nnonvoluntary_ctxt_switches:\t4\n");
    Files.createDirectories(tasks.resolve("3-ended-before-it-was-opened"));
    Files.createDirectories(tasks.resolve("4-cannot-be-read-once-opened").resolve("status"));

    assertThat(new ContextSwitches(tasks, "voluntary").count()).isEqualTo(42);
    assertThat(new ContextSwitches(tasks, "nonvoluntary").count()).isEqualTo(7);
  }

  @Test
  void keepThoseOfThreadsThatHaveEnded() throws Exception {
    var switches = new ContextSwitches(tasks, "voluntary");
    voluntary("1", 40);
    voluntary("2", 2);
    assertThat(switches.count()).isEqualTo(42);

    Files.delete(tasks.resolve("1").resolve("status"));
    Files.delete(tasks.resolve("1"));
    voluntary("2", 5);
    assertThat(switches.count()).isEqualTo(45);

    voluntary("3", 1);
    assertThat(switches.count()).isEqualTo(46);
  }

  @Test
  void takeAThreadWithTheIdOfOneThatHasEndedForAnotherOne() throws Exception {
    var switches = new ContextSwitches(tasks, "voluntary");
    voluntary("1", 40);
    assertThat(switches.count()).isEqualTo(40);

    voluntary("1", 3);
    assertThat(switches.count()).isEqualTo(43);
    voluntary("1", 4);
    assertThat(switches.count()).isEqualTo(44);
  }

  @Test
  void areThoseOfTheLastLookWhereThereIsNothingToLookAt() throws Exception {
    var switches = new ContextSwitches(tasks, "voluntary");
    voluntary("1", 40);
    assertThat(switches.count()).isEqualTo(40);

    Files.delete(tasks.resolve("1").resolve("status"));
    Files.delete(tasks.resolve("1"));
    Files.delete(tasks);
    assertThat(switches.count()).isEqualTo(40);
  }

  private void voluntary(String id, long switches) throws IOException {
    thread(id, "voluntary_ctxt_switches:\t" + switches + "\n");
  }

  private void thread(String id, String status) throws IOException {
    Files.writeString(Files.createDirectories(tasks.resolve(id)).resolve("status"), status);
  }
}
