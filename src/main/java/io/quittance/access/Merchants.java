package io.quittance.access;

import java.util.UUID;
import org.springframework.data.repository.Repository;

/** All merchants. */
interface Merchants extends Repository<Merchant, UUID> {

  Merchant save(Merchant merchant);

  boolean existsById(UUID id);
}
