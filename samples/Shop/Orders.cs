namespace Shop;

internal sealed record Order(string Number, string Country, string? Customer, string? ChangedBy, long TotalCents);

internal sealed record NewOrder(string Number, string Country, string Customer, OrderLine[] Lines);

internal sealed record OrderLine(string Product, int Quantity, long PriceCents);

internal sealed record ImportedOrder(string Number, string Country);

internal sealed record Member(long Id, string Name, string Email, string Role);

internal sealed record Invitation(string Email, string Role = "member");
