package io.quittance.access.merchant;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** All merchants. */
interface Merchants extends Repository<Merchant, UUID> {

  Merchant save(Merchant merchant);

  boolean existsById(UUID id);

  Optional<Merchant> findById(UUID id);

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select m from Merchant m where m.id = :id")
  Optional<Merchant> lockById(UUID id);

  @Query("select m from Merchant m where m.id < :before order by m.id desc")
  List<Merchant> newestFirst(UUID before, Limit limit);
}
