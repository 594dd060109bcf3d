package io.quittance.payment.search;

import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.payment.model.PaymentBody;
import io.quittance.web.Route;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists and searches the merchant's payments. */
@RestController
class SearchController {

  private static final Set<String> PARAMETERS =
      Stream.concat(
              Arrays.stream(PaymentFilter.values()).map(PaymentFilter::parameter),
              Stream.of("limit", "cursor"))
          .collect(Collectors.toUnmodifiableSet());

  private final PaymentSearch search;

  SearchController(PaymentSearch search) {
    this.search = search;
  }

  @GetMapping("/v1/payments")
  @Route(
      id = "listPayments",
      summary = "Searches payments",
      description =
          "A payment is found if it meets every filter. A parameter that does not exist is"
              + " refused.",
      query = {
        "status",
        "payer",
        "payee",
        "reference",
        "currency",
        "created_from",
        "created_to",
        "amount_min",
        "amount_max",
        "batch_id",
        "limit",
        "cursor"
      })
  @RequiresScope(Scope.PAYMENTS_READ)
  Page<PaymentBody> list(HttpServletRequest request, Caller caller) {
    QueryParameters query = QueryParameters.of(request, PARAMETERS);
    PaymentFilters filters = PaymentFilters.from(query);
    PageRequest page = query.page(filters.text());
    return Page.of(
        search.newestFirst(caller.merchantId(), filters, page),
        page,
        PaymentSearch::position,
        PaymentBody::from);
  }
}
