package io.quittance.client;

import io.quittance.client.api.AccountsApi;
import io.quittance.client.api.PaymentBatchesApi;
import io.quittance.client.api.PaymentsApi;
import io.quittance.client.model.BatchItemPage;
import io.quittance.client.model.BatchStatus;
import io.quittance.client.model.Capture;
import io.quittance.client.model.CaptureMethod;
import io.quittance.client.model.NewCapture;
import io.quittance.client.model.NewPayment;
import io.quittance.client.model.NewPaymentBatch;
import io.quittance.client.model.NewRefund;
import io.quittance.client.model.Payment;
import io.quittance.client.model.PaymentBatch;
import io.quittance.client.model.PaymentBatchPage;
import io.quittance.client.model.PaymentPage;
import io.quittance.client.model.PaymentStatus;
import io.quittance.client.model.Refund;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Pays, captures, refunds, makes a batch and reads lists in the sandbox, through the generated client. */
public final class UsesTheApi {

  private static final String KEY = "qt_sandbox_key";

  private final PaymentsApi payments;
  private final PaymentBatchesApi batches;
  private final AccountsApi accounts;

  private UsesTheApi(ApiClient client) {
    payments = new PaymentsApi(client);
    batches = new PaymentBatchesApi(client);
    accounts = new AccountsApi(client);
  }

  public static void main(String[] arguments) throws ApiException {
    ApiClient client = new ApiClient();
    client.updateBaseUri(arguments[0]);
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + KEY));
    var api = new UsesTheApi(client);
    String paid = api.pays();
    String captured = api.capturesAndRefunds();
    api.readsAList(paid, captured);
    api.makesABatchAndReadsIt();
    api.isToldWhatIsWrong();
    System.out.println(
        "The generated client has paid, captured, refunded, made a batch and read lists.");
  }

  private static NewPayment order(long amount) {
    return new NewPayment().amount(amount).currency("EUR").payer("alice").payee("shop");
  }

  private static String newKey() {
    return UUID.randomUUID().toString();
  }

  private long posted() throws ApiException {
    return accounts.getAccount("shop", null).getBalances().getPosted();
  }

  private String pays() throws ApiException {
    long before = posted();
    Payment made = payments.createPayment(newKey(), order(1200), null, null, null);
    Payment found = payments.getPayment(made.getId(), null);

    check(found.getStatus() == PaymentStatus.SUCCEEDED, "the payment is " + found.getStatus());
    check(posted() - before == 1200, "the shop has " + (posted() - before) + " more");
    return made.getId();
  }

  private String capturesAndRefunds() throws ApiException {
    long before = posted();
    NewPayment order = order(1000).captureMethod(CaptureMethod.MANUAL);
    Payment held = payments.createPayment(newKey(), order, null, null, null);
    check(held.getStatus() == PaymentStatus.AUTHORIZED, "the payment is " + held.getStatus());

    Capture capture =
        payments.capturePayment(
            held.getId(), newKey(), null, null, null, new NewCapture().amount(700L));
    Refund refund =
        payments.refundPayment(
            held.getId(), newKey(), null, null, null, new NewRefund().amount(200L).reason("late"));

    Payment found = payments.getPayment(held.getId(), null);
    check(capture.getAmount() == 700, "captured: " + capture.getAmount());
    check(refund.getAmount() == 200, "refunded: " + refund.getAmount());
    check(found.getAmountCaptured() == 700, "captured in all: " + found.getAmountCaptured());
    check(found.getAmountRefunded() == 200, "refunded in all: " + found.getAmountRefunded());
    check(posted() - before == 500, "the shop has " + (posted() - before) + " more");
    return held.getId();
  }

  /** From page to page, one payment on each. */
  private void readsAList(String... expected) throws ApiException {
    List<String> read = new ArrayList<>();
    String cursor = null;
    do {
      PaymentPage page =
          payments.listPayments(
              null, null, "shop", null, null, null, null, null, null, null, 1, cursor, null);
      page.getData().forEach(payment -> read.add(payment.getId()));
      cursor = page.getHasMore() ? page.getNextCursor() : null;
    } while (cursor != null);
    check(read.containsAll(List.of(expected)), "the list has only " + read);
  }

  private void makesABatchAndReadsIt() throws ApiException {
    NewPaymentBatch asked =
        new NewPaymentBatch()
            .addPaymentsItem(order(10).reference(newKey()))
            .addPaymentsItem(order(20).reference(newKey()));
    PaymentBatch made = batches.createPaymentBatch(newKey(), asked, null, null, null);
    check(made.getStatus() == BatchStatus.COMPLETED, "the batch is " + made.getStatus());

    PaymentBatchPage page = batches.listPaymentBatches(1, null, null);
    BatchItemPage items = batches.listPaymentBatchItems(made.getId(), null, 2, null, null);
    check(page.getData().getFirst().getId().equals(made.getId()), "the list has " + page);
    check(page.getData().getFirst().getCounts().getSucceeded() == 2, "the list has " + page);
    check(items.getData().size() == 2, "the batch has the items " + items);
  }

  private void isToldWhatIsWrong() {
    try {
      payments.getPayment("pay_01jd0000000000000000000000", null);
      check(false, "a payment that does not exist was found");
    } catch (ApiException e) {
      check(e.getCode() == 404, "a payment that does not exist is answered with " + e.getCode());
    }
    try {
      payments.createPayment(newKey(), order(0), null, null, null);
      check(false, "a payment of nothing was made");
    } catch (ApiException e) {
      check(e.getCode() == 400, "a payment of nothing is answered with " + e.getCode());
      check(e.getResponseBody().contains("out_of_range"), e.getResponseBody());
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
