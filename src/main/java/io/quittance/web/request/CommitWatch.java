package io.quittance.web.request;

import io.quittance.database.SqlFailure;
import io.quittance.web.CommitMark;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/** Marks the requests whose own transactions have committed something, or may have. */
@Component
final class CommitWatch implements TransactionExecutionListener {

  @Override
  public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
    boolean nothing = transaction.isReadOnly() || (failure != null && SqlFailure.refused(failure));
    if (!nothing) {
      CommitMark.set();
    }
  }
}
