package io.quittance.client;

import io.quittance.client.api.AccountsApi;
import io.quittance.client.api.PaymentsApi;
import io.quittance.client.model.NewPayment;
import io.quittance.client.model.Payment;
import io.quittance.client.model.PaymentStatus;
import java.util.UUID;

/** Makes a payment in the sandbox through the client that was generated from the document. */
public final class MakesAPayment {

  private static final String KEY = "qt_sandbox_key";

  private MakesAPayment() {}

  public static void main(String[] arguments) throws ApiException {
    ApiClient client = new ApiClient();
    client.updateBaseUri(arguments[0]);
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + KEY));
    var payments = new PaymentsApi(client);
    var accounts = new AccountsApi(client);

    long before = accounts.getAccount("shop", null).getBalances().getPosted();
    var order = new NewPayment().amount(1200L).currency("EUR").payer("alice").payee("shop");
    Payment made = payments.createPayment(UUID.randomUUID().toString(), order, null, null, null);
    Payment found = payments.getPayment(made.getId(), null);
    long after = accounts.getAccount("shop", null).getBalances().getPosted();

    check(found.getStatus() == PaymentStatus.SUCCEEDED, "the payment is " + found.getStatus());
    check(after - before == 1200, "the shop has " + (after - before) + " more");
    try {
      payments.getPayment("pay_01jd0000000000000000000000", null);
      check(false, "a payment that does not exist was found");
    } catch (ApiException e) {
      check(e.getCode() == 404, "a payment that does not exist is answered with " + e.getCode());
    }
    System.out.println("The generated client has made the payment " + found.getId() + ".");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
