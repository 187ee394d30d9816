using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>
/// The tables of a tenant that shares them with nobody: columns and checks of the protected ones, keys and indexes without org_id in front, no policies.
/// </summary>
internal static class PlainTables
{
    public static string CreateSql(string schema, ThrowawayLogin login) => $"""
        CREATE TABLE {schema}.organizations (
            id uuid PRIMARY KEY CHECK (id <> '00000000-0000-0000-0000-000000000000'),
            name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
            slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{"{0,61}"}[a-z0-9])?$'),
            created_at timestamptz NOT NULL DEFAULT now());
        CREATE TABLE {schema}.invoices (
            org_id uuid NOT NULL REFERENCES {schema}.organizations ON DELETE CASCADE,
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            number text NOT NULL UNIQUE CHECK (char_length(number) BETWEEN 1 AND 64),
            amount_cents bigint NOT NULL CHECK (amount_cents BETWEEN -1000000000000000 AND 1000000000000000),
            customer_name text NOT NULL CHECK (char_length(customer_name) BETWEEN 1 AND 200),
            status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'pending', 'sent', 'paid', 'overdue', 'void')),
            issued_at date NOT NULL CHECK (isfinite(issued_at)),
            created_at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX ON {schema}.invoices (issued_at DESC, id);
        {login.GrantSql(schema)}
        """;
}
