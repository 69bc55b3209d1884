package dev.slipring.jdbc.frameworks;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Orders with jOOQ. */
final class JooqOrders implements Orders {
    private final DSLContext jooq;
    private final Table<Record> orders;
    private final Field<Long> id = field(name("id"), Long.class);
    private final Field<String> note = field(name("note"), String.class);

    JooqOrders(DataSource source, String schema) {
        jooq = DSL.using(source, SQLDialect.POSTGRES);
        orders = table(name(schema, "orders"));
    }

    @Override
    public void place(long number) {
        jooq.transaction(transaction -> {
            transaction.dsl().insertInto(orders, id, note).values(number, "new").execute();
            transaction
                    .dsl()
                    .update(orders)
                    .set(note, "placed")
                    .where(id.eq(number))
                    .execute();
        });
    }

    @Override
    public long count() {
        return jooq.fetchCount(orders, note.eq("placed"));
    }
}
