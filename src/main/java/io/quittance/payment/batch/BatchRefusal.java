package io.quittance.payment.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.quittance.payment.batch.store.BatchItemBody;
import io.quittance.web.Problem;
import java.util.List;

/** The problem details of an atomic batch that is refused, with all of its items. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record BatchRefusal(@JsonUnwrapped Problem.Body problem, List<BatchItemBody> items) {}
