using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Shop;
using SmeFinancialOs.Data;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddTenantData(builder.Configuration.GetSection("TenantData"));
builder.Services.AddTenantContext(options => options
    .FromKeyHeader("api_key", "X-Api-Key", key => SHA256.HashData(Encoding.UTF8.GetBytes(key))) // a program of an account,
    .FromRoute("account").MembershipFromResolver("membership", "sub")                           // else a user who belongs to it
    .UserFromClaim("sub"));
builder.Services.AddAuthentication().AddJwtBearer(options => options.MapInboundClaims = false);
builder.Services.AddAuthorization();
builder.Services.AddHealthChecks().AddTenantData();
builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);

var app = builder.Build();
app.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = fault => fault is ArgumentException ? 400 : 500 });
app.UseStatusCodePages();
app.UseAuthentication();
app.UseAuthorization();
app.UseTenantContext();

// No WHERE account_id anywhere: the account of the request is in force, and the database shows no other.
var account = app.MapGroup("/accounts/{account:long}");
account.MapGet("/orders", (ITenantSession session, CancellationToken cancelled) => session.QueryAsync<Order>("""
    SELECT o.number, o.country, o.customer ->> 'name' AS customer, o.changed_by, coalesce(sum(l.quantity * l.price_cents), 0)::bigint AS total_cents
    FROM shop.orders o LEFT JOIN shop.order_lines l ON l.order_id = o.id WHERE o.deleted_at IS NULL GROUP BY o.id ORDER BY o.id
    """, cancellationToken: cancelled));
account.MapPost("/orders", async (NewOrder order, ITenantSession session, CancellationToken cancelled) =>
{
    // One statement, one round trip. The lines take the account from their default, as the order does.
    await session.ExecuteAsync("""
        WITH placed AS (
            INSERT INTO shop.orders (number, country, customer) VALUES (@Number, @Country, jsonb_build_object('name', @Customer)) RETURNING id)
        INSERT INTO shop.order_lines (order_id, product, quantity, price_cents)
        SELECT placed.id, line.* FROM placed, unnest(@products, @quantities, @prices) AS line
        """, new
    {
        order.Number,
        order.Country,
        order.Customer,
        products = order.Lines.Select(line => line.Product).ToArray(),
        quantities = order.Lines.Select(line => line.Quantity).ToArray(),
        prices = order.Lines.Select(line => line.PriceCents).ToArray(),
    }, cancellationToken: cancelled);
    return Results.Created();
});
account.MapDelete("/orders/{number}", async (string number, ITenantSession session, CancellationToken cancelled) =>
    await session.ExecuteAsync("UPDATE shop.orders SET deleted_at = now() WHERE number = @number AND deleted_at IS NULL", new { number },
        cancellationToken: cancelled) == 1 ? Results.NoContent() : Results.NotFound());
account.MapGet("/orders/{number}/notes", (string number, ITenantSession session, CancellationToken cancelled) => session.QueryAsync<string>(
    "SELECT n.note FROM shop.order_notes n JOIN shop.orders o ON o.id = n.order_id WHERE o.number = @number ORDER BY n.number", new { number },
    cancellationToken: cancelled));
account.MapGet("/members", (ITenantSession session, CancellationToken cancelled) => session.QueryAsync<Member>(
    "SELECT u.id, u.name, u.email, m.role FROM shop.memberships m JOIN shop.users u ON u.id = m.user_id ORDER BY u.id", cancellationToken: cancelled));
account.MapGet("/countries", (ITenantSession session, CancellationToken cancelled) =>
    session.QueryAsync<string>("SELECT code FROM shop.countries ORDER BY code", cancellationToken: cancelled));
account.MapPost("/invitations", async (Invitation invitation, ITenantSession session, CancellationToken cancelled) =>
{
    await session.ExecuteAsync("INSERT INTO shop.invitations (email, role) VALUES (lower(@Email), @Role) ON CONFLICT DO NOTHING", invitation,
        cancellationToken: cancelled);
    return Results.Accepted();
});

// The signed-in user is no member yet, so that there is no account to be in force.
app.MapPost("/invitations/{account:long}/accept", async (long account, ClaimsPrincipal user, TenantConnectionFactory factory, CancellationToken cancelled) =>
    await factory.AcceptInvitationAsync(account, long.Parse(user.FindFirstValue("sub")!), cancelled) ? Results.NoContent() : Results.NotFound())
    .RequireAuthorization().WithoutTenant();

// The warehouse sends the orders of its account, by the key of the account.
app.MapPost("/import", async (ImportedOrder[] orders, ITenantSession session, CancellationToken cancelled) =>
    Results.Ok(await session.InsertManyAsync("shop.orders", orders, cancelled)));
app.MapHealthChecks("/health").WithoutTenant();
app.Run();
