namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>One row of each tenant in each of the twenty tables of the foreign schema. A fourth tenant's id is above all others.</summary>
internal static class ForeignRows
{
    internal static string Script { get; } = string.Concat(MutatedSchema.Tenants.Values
        .Select((id, i) => Rows.Replace("$id", $"'{id}'", StringComparison.Ordinal).Replace("$n", $"{i + 1}", StringComparison.Ordinal)));

    private const string Rows = """
        INSERT INTO clinic.countries VALUES ('DE', 'Germany') ON CONFLICT DO NOTHING;
        INSERT INTO public.organizations (id, name, slug) VALUES ($id, 'T$n', 't$n');
        INSERT INTO clinic.practices VALUES ($id, $n, 'DE', 'Practice', '2020-01-01', NULL, '+49300000$n');
        INSERT INTO clinic.rooms VALUES ($id, $n, 'ABC-0$n', 2, NULL, NULL);
        INSERT INTO clinic."Staff" ("Full Name", tenant_id, email, skills) VALUES ('Name', $id, 'a$n@b.de', '{x}');
        INSERT INTO clinic.staff_rooms VALUES ($id, $n, $n, 'ABC-0$n');
        INSERT INTO clinic.departments VALUES ($id, $id, $id, 'title');
        INSERT INTO clinic.heads VALUES ($id, $id, $id, '2020-01-01');
        INSERT INTO clinic.patients (tenant_id, id, sex, born, first_name, last_name, insured) VALUES ($id, $n, 'female', '1980-01-01', 'First', 'Last', false);
        INSERT INTO clinic.patient_notes (tenant_id, patient, body) VALUES ($id, $n, 'body');
        INSERT INTO clinic.appointments VALUES ($id, gen_random_uuid(), $n, '2026-01-0$n 10:00Z', '2026-01-0$n 11:00Z');
        INSERT INTO clinic.bookings VALUES ($id, $n, 'room', '[2026-01-0$n 10:00Z, 2026-01-0$n 11:00Z)');
        INSERT INTO clinic.visits VALUES ($id, gen_random_uuid(), '2026-01-0$n', 5);
        INSERT INTO clinic.measurements (tenant_id, kind, id, value) VALUES ($id, 'iron', $n, 1.5);
        INSERT INTO clinic.documents (tenant_id, id, name, sha256) VALUES ($id, gen_random_uuid(), 'a.pdf', decode(repeat('0$n', 32), 'hex'));
        INSERT INTO clinic.prices VALUES ($id, 'a', 'EUR', 5, '[2026-01-01, 2027-01-01)');
        INSERT INTO clinic.bills (tenant_id, no, gross, net) VALUES ($id, 'B0000-00$n', 2, 1);
        INSERT INTO clinic.bill_lines VALUES ($id, 'B0000-00$n', 1, 'a', 1);
        INSERT INTO clinic.payments VALUES ($id, 'B0000-00$n', gen_random_uuid(), 'cash', NULL, '10:00');
        INSERT INTO clinic.messages VALUES ($id, $n, $n, NULL, 'a@b.de', '{a@b.de}');
        INSERT INTO clinic."Audit Trail" VALUES ($id, '2026-01-0$n 10:00Z', NULL, '(1,2)', NULL);
        INSERT INTO clinic.settings (tenant_id) VALUES ($id);
        """;
}
