using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Expressions;

/// <summary>A function called within an expression. Wrapped: within a sub-select.</summary>
internal readonly record struct SqlCall(SqlText Of, int Index, bool Qualified, bool Wrapped)
{
    public string Name => Identifier.Unquote(Of[Index]);

    /// <summary>With its schema and its arguments.</summary>
    public SqlText Whole => Of.Slice(Qualified ? Index - 2 : Index, Of.Close(Index + 1) - (Qualified ? Index - 2 : Index) + 1);

    public SqlText Arguments => Of.Slice(Index + 2, Of.Close(Index + 1) - Index - 2);

    public bool IsCurrentSetting => Name.Equals("current_setting", StringComparison.OrdinalIgnoreCase) && (!Qualified || Of[Index - 2] == "pg_catalog");

    /// <summary>The setting's name, when it is written down. PostgreSQL does not mind its case.</summary>
    public bool Reads(string setting) => IsCurrentSetting && Arguments[0].Equals(Identifier.Literal(setting), StringComparison.OrdinalIgnoreCase);

    /// <summary>What follows the call, its alias and the parentheses around it: (( SELECT current_setting('x') AS current_setting))::uuid.</summary>
    public int After
    {
        get
        {
            var after = Of.Close(Index + 1) + 1;
            if (Of[after].Equals("AS", StringComparison.OrdinalIgnoreCase) && !Of[Index - 2].Equals("CAST", StringComparison.OrdinalIgnoreCase))
                after += 2;
            while (Of[after] == ")")
                after++;
            return after;
        }
    }
}
