namespace SmeFinancialOs.Data.Benchmarks.Policies;

/// <summary>Ways to write the same predicate.</summary>
public enum PolicyForm
{
    /// <summary>No policy; the query has a WHERE clause.</summary>
    None,

    /// <summary>This library's: a sub-select that is evaluated once a statement.</summary>
    Wrapped,

    /// <summary>The same function, not wrapped.</summary>
    Unwrapped,

    /// <summary>The column cast to the setting's type, as in the article.</summary>
    CastColumn,

    /// <summary>A function that reads the setting and says nothing of its volatility, so that it is VOLATILE.</summary>
    VolatileFunction,

    /// <summary>This library's form with a bypass for the members of a role.</summary>
    OrMembership,
}
