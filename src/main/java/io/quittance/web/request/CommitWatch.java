package io.quittance.web.request;

import io.quittance.database.SqlFailure;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Records which requests have committed something, or may have. If one fails after that, its
 * problem must not say that nothing has changed.
 */
@Component
final class CommitWatch implements TransactionExecutionListener {

  private static final String ATTRIBUTE = CommitWatch.class.getName();

  /** Whether the current request may have committed a change. */
  static boolean mayHaveCommitted() {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    return request != null
        && request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST) != null;
  }

  @Override
  public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    boolean nothing = transaction.isReadOnly() || (failure != null && SqlFailure.refused(failure));
    if (request != null && !nothing) {
      request.setAttribute(ATTRIBUTE, true, RequestAttributes.SCOPE_REQUEST);
    }
  }
}
