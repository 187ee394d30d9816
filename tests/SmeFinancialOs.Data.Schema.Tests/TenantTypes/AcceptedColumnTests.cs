namespace SmeFinancialOs.Data.Schema.Tests.TenantTypes;

/// <summary>Each type of column that app.protect_table accepts keeps tenants apart, and its index serves.</summary>
public sealed class AcceptedColumnTests(TypedDatabases databases) : IClassFixture<TypedDatabases>
{
    private static readonly (TenantIdType Type, string Column, string Setup)[] Columns =
    [
        (TenantIdType.Uuid, "uuid", ""), (TenantIdType.Uuid, "app.tenant_id", ""),
        (TenantIdType.Uuid, "public.account", "CREATE DOMAIN public.account AS uuid"),
        (TenantIdType.Bigint, "bigint", ""), (TenantIdType.Bigint, "integer", ""), (TenantIdType.Bigint, "smallint", ""),
        (TenantIdType.Bigint, "app.tenant_id", ""),
        (TenantIdType.Bigint, "public.account", "CREATE DOMAIN public.account AS bigint CHECK (VALUE > 0)"),
        (TenantIdType.Text, "text", ""), (TenantIdType.Text, "varchar", ""), (TenantIdType.Text, "varchar(20)", ""),
        (TenantIdType.Text, "text COLLATE \"C\"", ""),
        (TenantIdType.Text, "varchar(20) COLLATE \"C\"", ""), (TenantIdType.Text, "text COLLATE \"en-x-icu\"", ""), (TenantIdType.Text, "app.tenant_id", ""),
        (TenantIdType.Text, "public.account", "CREATE DOMAIN public.account AS text COLLATE \"C\" CHECK (length(VALUE) < 50)"),
    ];

    public static TheoryData<TenantIdType, string, string, bool> Cases => new(
        from column in Columns
        from isSealed in new[] { false, true }
        select (column.Type, column.Column, column.Setup, isSealed));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_tenant_reads_and_writes_its_own_rows_alone_and_the_index_serves(TenantIdType type, string column, string setup, bool isSealed)
    {
        var database = await databases.OfAsync(type, isSealed);
        var table = $"public.t{Guid.NewGuid():N}";
        await database.ProtectAsync(table, column, setup);
        await database.ShouldSatisfyTheGuardAsync();
        await using var superuser = await database.OpenAsync();
        var others = $"SELECT string_agg(t::text, ',' ORDER BY t::text) FROM {table} t WHERE tenant::text <> '{database.A}'";
        var before = await superuser.ScalarAsync<string>(others);

        await using (var tenant = await database.OpenAsync("tenant_role", database.A))
        {
            (await tenant.ListAsync<string>($"SELECT DISTINCT tenant::text FROM {table}")).Should().Equal(database.A);
            (await tenant.CountAsync($"{table} WHERE tenant::text = '{database.B}' OR tenant = '{database.B}' OR true")).Should().Be(2);
            (await tenant.CountAsync($"public.accounts")).Should().Be(1);
            (await tenant.RunAsync($"UPDATE {table} SET note = 'taken'")).Should().Be(2);
            foreach (var other in new[] { database.B, database.Demo })
            {
                (await tenant.RefusalAsync($"UPDATE {table} SET tenant = '{other}', id = id + 10")).SqlState.Should().Be("42501");
                (await tenant.RefusalAsync($"INSERT INTO {table} VALUES ('{other}', 9)")).SqlState.Should().Be("42501");
                (await tenant.RefusalAsync($"INSERT INTO {table} VALUES ('{other}', 1) ON CONFLICT (tenant, id) DO UPDATE SET note = 'taken'"))
                    .SqlState.Should().Be("42501");
            }

            (await tenant.RunAsync($"INSERT INTO {table} VALUES ('{database.A}', 9)")).Should().Be(1);
            await tenant.RunAsync("SET enable_seqscan = off");
            var plan = string.Join('\n', await tenant.ListAsync<string>($"EXPLAIN SELECT * FROM {table}"));
            plan.Should().MatchRegex(@"Index Cond: \(+tenant\b.* = ").And.NotContain("Seq Scan on t").And.NotContain("Filter: (tenant");
            (await tenant.RunAsync($"DELETE FROM {table}")).Should().Be(3);
        }

        (await superuser.ScalarAsync<string>(others)).Should().Be(before);
        await using (var other = await database.OpenAsync("tenant_role", database.B))
            (await other.ListAsync<string>($"SELECT DISTINCT tenant::text FROM {table}")).Should().Equal(database.B);
        await using (var nobody = await database.OpenAsync("tenant_role", null))
        {
            (await nobody.SqlStateOfAsync($"DELETE FROM {table}")).Should().Be(database.IsSealed ? "28000" : null,
                "a sealed context refuses it, and without a seal no row is a tenant's");
        }

        (await superuser.ScalarAsync<string>(others)).Should().Be(before);
        await superuser.RunAsync($"DROP TABLE {table}; DROP DOMAIN IF EXISTS public.account");
    }
}
