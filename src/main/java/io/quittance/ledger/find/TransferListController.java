package io.quittance.ledger.find;

import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.ledger.find.LedgerBodies.TransferBody;
import io.quittance.web.Route;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists the merchant's transfers. */
@RestController
class TransferListController {

  private static final Set<String> PARAMETERS =
      Set.of("from", "to", "reference", "created_from", "created_to", "limit", "cursor");

  private final TransferList transfers;

  TransferListController(TransferList transfers) {
    this.transfers = transfers;
  }

  @GetMapping("/v1/transfers")
  @Route(
      id = "listTransfers",
      summary = "Lists transfers",
      description =
          "Those that belong to no payment, reversals included. What payments move is listed by"
              + " their captures and refunds; an account's entries have both.",
      query = {"from", "to", "reference", "created_from", "created_to", "limit", "cursor"})
  @RequiresScope(Scope.LEDGER_READ)
  Page<TransferBody> list(HttpServletRequest http, Caller caller) {
    QueryParameters query = QueryParameters.of(http, PARAMETERS);
    TransferFilter filter = TransferFilter.from(query);
    PageRequest page = query.page(filter.text());
    return Page.of(
        transfers.newestFirst(caller.merchantId(), filter, page),
        page,
        TransferList::position,
        TransferBody::from);
  }
}
