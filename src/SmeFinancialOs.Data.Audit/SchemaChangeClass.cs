namespace SmeFinancialOs.Data.Audit;

/// <summary>What a change of a schema means for the tenants, from harmless to worst.</summary>
public enum SchemaChangeClass
{
    /// <summary>No row of another tenant can pass before or after, by proof, and the app may do what it did; or a hole was closed.</summary>
    Safe,

    /// <summary>A person has to look: it was not judged, it is about other roles than the app's, or it fits nowhere else.</summary>
    NeedsReview,

    /// <summary>The app may do less than before.</summary>
    Breaking,

    /// <summary>A way to another tenant's rows that was not there before.</summary>
    Dangerous,
}
