package io.quittance.access.merchant;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** All merchants. */
interface Merchants extends Repository<Merchant, UUID> {

  Merchant save(Merchant merchant);

  Optional<Merchant> findById(UUID id);

  @NativeQuery("select * from merchants where id = :id for update")
  Optional<Merchant> lock(UUID id);

  @NativeQuery("select * from merchants where id < :before order by id desc limit :limit")
  List<Merchant> newestFirst(UUID before, int limit);
}
