package io.quittance.payment.batch.run;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How batches are carried out.
 *
 * @param parallelism items of one merchant that are under way at once, about
 * @param parallelismBesideOthers items of all batches that are under way at once on a replica while
 *     commands of other merchants come; one merchant's are all but one of them at most
 * @param backgroundMax batches without a caller that a replica carries out at once, beside those
 *     that only come to their end
 */
@ConfigurationProperties("quittance.batch")
record BatchProperties(
    @DefaultValue("64") @Min(1) int parallelism,
    @DefaultValue("4") @Min(1) int parallelismBesideOthers,
    @DefaultValue("8") @Min(1) int backgroundMax) {}
