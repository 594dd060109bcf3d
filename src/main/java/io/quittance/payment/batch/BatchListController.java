package io.quittance.payment.batch;

import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.batch.store.BatchItemBody;
import io.quittance.payment.batch.store.BatchStore;
import io.quittance.payment.batch.store.PaymentBatchBody;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.web.InvalidInputException;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Shows batches of payments and their progress. */
@RestController
class BatchListController {

  private final BatchStore store;

  BatchListController(BatchStore store) {
    this.store = store;
  }

  @GetMapping(BatchController.PATH)
  @Route(
      id = "listPaymentBatches",
      summary = "Lists payment batches, without their items",
      query = {"limit", "cursor"})
  @RequiresScope(Scope.PAYMENTS_READ)
  Page<PaymentBatchBody> list(HttpServletRequest request, Caller caller) {
    PageRequest page = PageRequest.of(request, "payment-batches");
    return Page.of(
        store.newestFirst(caller.merchantId(), page),
        page,
        batch -> batch.id().toString(),
        PaymentBatchBody::from);
  }

  @GetMapping(BatchController.PATH + "/{id}")
  @Route(
      id = "getPaymentBatch",
      summary = "Shows a payment batch",
      description = "With its first 1000 items; its other items are in their own list.")
  @RequiresScope(Scope.PAYMENTS_READ)
  PaymentBatchBody get(@PathVariable String id, Caller caller) {
    return store.show(caller.merchantId(), TypeId.require("bat", id));
  }

  @GetMapping(BatchController.PATH + "/{id}/items")
  @Route(
      id = "listPaymentBatchItems",
      summary = "Lists the items of a payment batch, in their order",
      query = {"status", "limit", "cursor"})
  @RequiresScope(Scope.PAYMENTS_READ)
  Page<BatchItemBody> items(@PathVariable String id, HttpServletRequest request, Caller caller) {
    StoredBatch batch = store.require(caller.merchantId(), TypeId.require("bat", id));
    QueryParameters query = QueryParameters.of(request, Set.of("status", "limit", "cursor"));
    Set<ItemStatus> among =
        Objects.requireNonNullElse(query.read("status", BatchListController::statuses), Set.of());
    PageRequest page = query.page("items of %s status=%s".formatted(batch.text(), among));
    return Page.of(
        store.items(caller.merchantId(), batch.id(), among, page),
        page,
        item -> Integer.toString(item.index()),
        item -> item);
  }

  private static Set<ItemStatus> statuses(String text) {
    var among = EnumSet.noneOf(ItemStatus.class);
    for (String one : text.split(",", -1)) {
      among.add(InvalidInputException.oneOf(List.of(ItemStatus.values()), ItemStatus::text, one));
    }
    return among;
  }
}
