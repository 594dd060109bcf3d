package io.quittance.web.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.web.CommitMark;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.transaction.TransactionExecution;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Which requests cannot be told any more that nothing has changed. */
class CommitWatchTest {

  private static final TransactionExecution WRITING = new TransactionExecution() {};

  private static final TransactionExecution READING =
      new TransactionExecution() {
        @Override
        public boolean isReadOnly() {
          return true;
        }
      };

  private final CommitWatch watch = new CommitWatch();

  @BeforeEach
  void beginARequest() {
    RequestContextHolder.setRequestAttributes(
        new ServletRequestAttributes(new MockHttpServletRequest()));
  }

  @AfterEach
  void endIt() {
    RequestContextHolder.resetRequestAttributes();
  }

  @Test
  void whoHasCommittedHasChangedSomething() {
    assertThat(CommitMark.isSet()).isFalse();
    watch.afterCommit(WRITING, null);
    assertThat(CommitMark.isSet()).isTrue();
  }

  @Test
  void whoHasOnlyReadHasNot() {
    watch.afterCommit(READING, null);
    assertThat(CommitMark.isSet()).isFalse();
  }

  @Test
  void aCommitThatWasRefusedHasNot() {
    watch.afterCommit(WRITING, new IllegalStateException(new SQLException("no", "25006")));
    assertThat(CommitMark.isSet()).isFalse();
  }

  @Test
  void aCommitThatWasNotAnsweredMayHave() {
    watch.afterCommit(WRITING, new IllegalStateException(new SQLException("gone", "08006")));
    assertThat(CommitMark.isSet()).isTrue();
  }

  @Test
  void whatCommitsWithoutARequestIsNobodysConcern() {
    RequestContextHolder.resetRequestAttributes();
    watch.afterCommit(WRITING, null);
    assertThat(CommitMark.isSet()).isFalse();
  }
}
