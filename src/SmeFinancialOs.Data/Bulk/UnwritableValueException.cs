namespace SmeFinancialOs.Data.Bulk;

/// <summary>A value that its column cannot hold. Whoever knows the row and the property makes an <see cref="InvalidValueException"/> of it.</summary>
internal sealed class UnwritableValueException(string why) : Exception(why);
