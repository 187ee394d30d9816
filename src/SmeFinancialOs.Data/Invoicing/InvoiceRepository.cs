namespace SmeFinancialOs.Data;

/// <summary>The invoices of the organization a context stands for; with an admin context, the totals across organizations.</summary>
/// <param name="session">A session, or a unit of work.</param>
public sealed class InvoiceRepository(ITenantSession session)
{
    private const string Columns = """
        org_id AS "OrganizationId", id, number, amount_cents AS "AmountCents", customer_name AS "CustomerName", status, issued_at AS "IssuedAt",
            created_at AS "CreatedAt", xmin AS "Version"
        """;

    private readonly ITenantSession _session = session ?? throw new ArgumentNullException(nameof(session));

    /// <summary>An invoice by its id, or null.</summary>
    /// <exception cref="InvalidOperationException">
    /// The context is an admin's; this holds for every method but <see cref="GetTotalsByOrganizationAsync"/>.
    /// </exception>
    public Task<Invoice?> GetAsync(Guid invoiceId, CancellationToken cancellationToken = default) =>
        One($"SELECT {Columns} FROM public.invoices WHERE id = @invoiceId", new { invoiceId }, cancellationToken);

    /// <summary>An invoice by its number, or null.</summary>
    /// <exception cref="ArgumentException">The number is blank, too long or not valid text.</exception>
    public Task<Invoice?> GetByNumberAsync(string number, CancellationToken cancellationToken = default) =>
        One($"SELECT {Columns} FROM public.invoices WHERE number = @number", new { number = DatabaseText.Require(number, maxLength: 64) }, cancellationToken);

    /// <summary>The invoices, newest first, a page at a time.</summary>
    /// <param name="pageSize">How many at most, 1 to 10000.</param>
    /// <param name="after">The <see cref="InvoicePage.Next"/> of the page before; null for the first page.</param>
    /// <param name="status">Only those of this status; null for all.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <exception cref="ArgumentOutOfRangeException">The page size is not 1 to 10000, or the status is not an <see cref="InvoiceStatus"/>.</exception>
    public async Task<InvoicePage> ListAsync(int pageSize = 50, InvoiceCursor? after = null, InvoiceStatus? status = null,
        CancellationToken cancellationToken = default)
    {
        PageSize.Require(pageSize);
        // Each form has a text of its own: one with "@after IS NULL OR .." would be planned for all of them and use the index for none.
        // The first condition alone can be a range of the index, the second sorts out the rows of the cursor's own date.
        var sql = $"SELECT {Columns} FROM public.invoices"
            + (after is null ? " WHERE true" : " WHERE issued_at <= @issuedAt AND (issued_at < @issuedAt OR id > @id)")
            + (status is null ? "" : " AND status = @status")
            + " ORDER BY issued_at DESC, id LIMIT @limit";
        var rows = await Many<Invoice>(
            sql, new { issuedAt = after?.IssuedAt, id = after?.Id, status = status is { } known ? Stored(known) : null, limit = pageSize + 1 },
            cancellationToken).ConfigureAwait(false);
        return rows.Count <= pageSize
            ? new InvoicePage { Items = rows }
            : new InvoicePage { Items = [.. rows.Take(pageSize)], Next = new InvoiceCursor(rows[pageSize - 1].IssuedAt, rows[pageSize - 1].Id) };
    }

    /// <summary>Writes an invoice.</summary>
    /// <exception cref="DuplicateKeyException">The organization has an invoice of this number or id.</exception>
    /// <exception cref="ForeignKeyViolationException">The organization of the context does not exist.</exception>
    /// <exception cref="DemoReadOnlyException">The context is the demo.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="invoice"/> is null.</exception>
    public async Task<Invoice> InsertAsync(NewInvoice invoice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return (await One(
            $"""
            INSERT INTO public.invoices (org_id, id, number, amount_cents, customer_name, status, issued_at)
            VALUES (@organizationId, @Id, @Number, @AmountCents, @CustomerName, @status, @IssuedAt) RETURNING {Columns}
            """,
            new
            {
                organizationId = OrganizationId,
                invoice.Id,
                invoice.Number,
                invoice.AmountCents,
                invoice.CustomerName,
                status = Stored(invoice.Status),
                invoice.IssuedAt
            },
            cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Writes thousands of invoices in one statement: all of them, or none.</summary>
    /// <returns>How many were written.</returns>
    /// <inheritdoc cref="InsertAsync"/>
    public async Task<int> InsertManyAsync(IReadOnlyCollection<NewInvoice> invoices, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invoices);
        if (invoices.Any(invoice => invoice is null))
            throw new ArgumentException("One of the invoices is null.", nameof(invoices));
        var orgId = OrganizationId;
        return checked((int)await _session.InsertManyAsync(
            "public.invoices",
            invoices.Select(invoice => new
            {
                orgId,
                invoice.Id,
                invoice.Number,
                invoice.AmountCents,
                invoice.CustomerName,
                status = Stored(invoice.Status),
                invoice.IssuedAt,
            }),
            cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Writes back number, amount, customer, status and date of an invoice that was read before.</summary>
    /// <param name="invoice">The invoice as it was read, with the changes made by <c>with</c>.</param>
    /// <param name="cancellationToken">Cancels the statement; nothing of it remains.</param>
    /// <returns>The invoice as it now is, with its new version.</returns>
    /// <exception cref="ConcurrencyConflictException">It was changed or deleted since it was read.</exception>
    /// <exception cref="ArgumentException">A value is not allowed; see <see cref="NewInvoice"/>.</exception>
    /// <exception cref="DuplicateKeyException">Another invoice has the number.</exception>
    /// <exception cref="DemoReadOnlyException">The context is the demo.</exception>
    public async Task<Invoice> UpdateAsync(Invoice invoice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var values = new NewInvoice
        {
            Id = invoice.Id,
            Number = invoice.Number,
            AmountCents = invoice.AmountCents,
            CustomerName = invoice.CustomerName,
            Status = invoice.Status,
            IssuedAt = invoice.IssuedAt,
        };
        return await One(
            $"""
            UPDATE public.invoices SET number = @Number, amount_cents = @AmountCents, customer_name = @CustomerName, status = @status, issued_at = @IssuedAt
            WHERE id = @Id AND xmin = @version::text::xid RETURNING {Columns}
            """,
            new
            {
                values.Id,
                values.Number,
                values.AmountCents,
                values.CustomerName,
                status = Stored(values.Status),
                values.IssuedAt,
                version = (long)invoice.Version
            },
            cancellationToken).ConfigureAwait(false)
            ?? throw new ConcurrencyConflictException($"Invoice {invoice.Id} was changed or deleted since it was read. Read it again and decide.");
    }

    /// <summary>Changes the status alone, whatever else was changed meanwhile; null where there is no such invoice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The status is not an <see cref="InvoiceStatus"/>.</exception>
    /// <exception cref="DemoReadOnlyException">The context is the demo.</exception>
    public Task<Invoice?> ChangeStatusAsync(Guid invoiceId, InvoiceStatus status, CancellationToken cancellationToken = default) =>
        One($"UPDATE public.invoices SET status = @status WHERE id = @invoiceId RETURNING {Columns}",
            new { invoiceId, status = Stored(status) }, cancellationToken);

    /// <summary>Deletes an invoice; false where there is none.</summary>
    /// <exception cref="DemoReadOnlyException">The context is the demo.</exception>
    public async Task<bool> DeleteAsync(Guid invoiceId, CancellationToken cancellationToken = default)
    {
        _ = OrganizationId;
        return await _session.ExecuteAsync("DELETE FROM public.invoices WHERE id = @invoiceId", new { invoiceId }, cancellationToken).ConfigureAwait(false) > 0;
    }

    /// <summary>How many invoices of each status there are, and their sums.</summary>
    /// <exception cref="InvalidValueException">A sum is beyond the range of <see cref="long"/>.</exception>
    public async Task<IReadOnlyList<InvoiceStatusTotal>> GetTotalsByStatusAsync(CancellationToken cancellationToken = default)
    {
        var rows = await Many<(string Status, long Count, long AmountCents)>(
            "SELECT status, count(*), sum(amount_cents)::bigint FROM public.invoices GROUP BY status", null, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new InvoiceStatusTotal(Enum.Parse<InvoiceStatus>(row.Status, ignoreCase: true), row.Count, row.AmountCents))
            .OrderBy(total => total.Status)];
    }

    /// <summary>How many invoices each organization has, and their sums; organizations without any too. For an admin context.</summary>
    /// <exception cref="InvalidOperationException">The context is not an admin's.</exception>
    /// <exception cref="InvalidValueException">A sum is beyond the range of <see cref="long"/>.</exception>
    public Task<IReadOnlyList<InvoiceOrganizationTotal>> GetTotalsByOrganizationAsync(CancellationToken cancellationToken = default)
    {
        _session.Context.RequireAdmin();
        return _session.QueryAsync<InvoiceOrganizationTotal>(
            """
            SELECT o.id AS "OrganizationId", o.name AS "OrganizationName", coalesce(t.count, 0) AS "Count", coalesce(t.sum, 0)::bigint AS "AmountCents"
            FROM public.organizations o
            LEFT JOIN (SELECT org_id, count(*), sum(amount_cents) FROM public.invoices GROUP BY org_id) t ON t.org_id = o.id
            ORDER BY o.id
            """,
            null, cancellationToken);
    }

    /// <summary>Writes all invoices as CSV with a header line, in UTF-8, without holding them in memory.</summary>
    /// <param name="destination">Where it goes; it stays open.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <exception cref="ArgumentNullException"><paramref name="destination"/> is null.</exception>
    public Task ExportCsvAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        _ = OrganizationId;
        return _session.ExportAsync(
            """
            COPY (SELECT id, number, amount_cents, customer_name, status, issued_at, created_at FROM public.invoices ORDER BY issued_at DESC, id)
            TO STDOUT (FORMAT csv, HEADER)
            """,
            destination, cancellationToken);
    }

    private Guid OrganizationId => _session.Context.RequireOrganizationId();

    private static string Stored(InvoiceStatus status) => NewInvoice.RequireStatus(status, nameof(status)) switch
    {
        InvoiceStatus.Draft => "draft",
        InvoiceStatus.Pending => "pending",
        InvoiceStatus.Sent => "sent",
        InvoiceStatus.Paid => "paid",
        InvoiceStatus.Overdue => "overdue",
        _ => "void",
    };

    private Task<Invoice?> One(string sql, object parameters, CancellationToken cancellationToken)
    {
        _ = OrganizationId;
        return _session.QuerySingleOrDefaultAsync<Invoice>(sql, parameters, cancellationToken);
    }

    private Task<IReadOnlyList<T>> Many<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        _ = OrganizationId;
        return _session.QueryAsync<T>(sql, parameters, cancellationToken);
    }
}
