using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>INSERT, UPDATE and DELETE. The tenant of a new row is bound like a column: it equals what is written to it.</summary>
internal sealed partial class QueryReader
{
    /// <summary>A query or a write. isReturned: its rows are in the answer, rather than in a variable that may be compared with the tenant.</summary>
    public void ReadStatement(SqlText text, bool isReturned)
    {
        if (Is(text, 0, "INSERT"))
            ReadInsert(text);
        else if (Is(text, 0, "UPDATE"))
            ReadChange(text, 1, ["SET", "FROM", "WHERE", "RETURNING"]);
        else if (Is(text, 0, "DELETE"))
            ReadChange(text, 2, ["USING", "WHERE", "RETURNING"]);
        else
            ReadQuery(text, null, [], isReturned);
    }

    private void ReadChange(SqlText text, int at, string[] words)
    {
        var clauses = ReadClauses(text, words);
        var select = new Select(null, true);
        var head = clauses[0].Text.Slice(at - 1, clauses[0].Text.Count - at + 1);
        var i = 0;
        var target = ReadItem(head, ref i, select, [])[0];
        Require(target, i == head.Count);
        foreach (var (word, part) in clauses.Where(clause => clause.Word is "FROM" or "USING"))
            ReadFrom(part, select, []);
        SqlText? newTenant = null;
        foreach (var (word, part) in clauses.Skip(1))
        {
            if (word == "WHERE")
                AddConditions(part, select, Leaves(select.Items), [], false);
            else if (word is "SET" or "RETURNING")
                ReadNested(part, select, [], true);
            foreach (var set in word == "SET" ? part.Split(",") : [])
            {
                if (set[1] != "=")
                    throw new UnreadableQueryException($"it has SET {set.Text}");
                if (IsTenant(target.Table!, set[0]))
                    newTenant = set.Slice(2, set.Count - 2);
            }
        }
        Writes.Add(new(target, at == 1 ? 'w' : 'd', newTenant, select));
    }

    private void ReadInsert(SqlText text)
    {
        var select = new Select(null, true);
        var list = TopLevel(text).FirstOrDefault(token => text[token] == "(", 0);
        if (list == 0 || !Is(text, 1, "INTO"))
            throw new UnreadableQueryException("it has an INSERT without a list of columns");
        var (i, close) = (2, text.Close(list));
        var target = ReadItem(text.Slice(0, list), ref i, select, [])[0];
        Require(target, i == list);
        var at = text.Slice(list, close - list + 1).Split(",").ToList().FindIndex(column => IsTenant(target.Table!, column[0]));
        if (model.IsTenantTable(target.Table!.Oid) && at < 0)
            throw new UnreadableQueryException($"it leaves the tenant of a new row of {target.Table.Name} to the column's default");
        var tail = text.Slice(close + 1, text.Count - close - 1);
        var end = TopLevel(tail).Where(token => Is(tail, token, "RETURNING") || (Is(tail, token, "ON") && Is(tail, token + 1, "CONFLICT")))
            .DefaultIfEmpty(tail.Count).First();
        var (source, rest) = (tail.Slice(0, end), tail.Slice(end, tail.Count - end));
        if (rest.Has("UPDATE"))
            throw new UnreadableQueryException("it has ON CONFLICT DO UPDATE, which may change the row of another tenant");
        ReadNested(rest, select, [], true);
        if (Is(source, 0, "VALUES"))
        {
            ReadNested(source, select, [], true);
            foreach (var row in TopLevel(source).Where(token => source[token] == "("))
                AddNew(target, source.Slice(row, source.Close(row) - row + 1).Split(",").ElementAtOrDefault(at), select, at);
        }
        else
        {
            foreach (var branch in ReadQuery(source, select, [], true))
                AddNew(target, branch.List.Split(",").ElementAtOrDefault(at)?.Split("AS")[0], branch, at);
        }
    }

    private void AddNew(FromItem target, SqlText? tenant, Select select, int column)
    {
        if (column < 0)
            return;
        if (tenant is null or { IsEmpty: true })
            throw new UnreadableQueryException($"it is not understood what it inserts into {target.Table!.Name}");
        if (Writes.Exists(write => write.Target == target && write.NewTenant?.Text != tenant.Text))
            throw new UnreadableQueryException($"it inserts rows of several kinds into {target.Table!.Name}");
        Writes.Add(new(target, 'a', tenant, select));
        var own = SqlText.Of($"{Identifier.Quote(target.Name)}.{model.TenantColumnOf(target.Table!).Sql}");
        Conditions.Add(new(SqlText.Of($"{own.Text} = ({tenant.Text})"), target.Select, [target], false) { Equal = (own, tenant, select) });
    }

    private void Require(FromItem target, bool isRead)
    {
        if (!isRead || target.Table is not { IsTable: true } table)
            throw new UnreadableQueryException("it writes to what is no table");
        if (TenantReach.HasEffects(model, table.Oid))
            throw new UnreadableQueryException($"it writes {table.Name}, which has triggers, rules or foreign keys that change more");
        if (!model.IsTenantTable(table.Oid) && TenantReach.IsOfTenants(model, table.Oid))
            throw new UnreadableQueryException($"it writes {table.Name}, whose rows belong to tenants by other tables");
    }

    private bool IsTenant(Relation table, string column) => model.TenantColumnOf(table.Oid)?.Name == Identifier.Unquote(column);
}
