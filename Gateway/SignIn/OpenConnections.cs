using System.Collections.Concurrent;
using Lyceum.Gateway.Accounts;
using Npgsql;

namespace Lyceum.Gateway.SignIn;

/// <summary>
/// What accounts have open: kernels' WebSockets, streams of answers and of the class view, downloads. Requests are let in one by one, but
/// these last for hours, so they are looked through every <see cref="AccountStore.CacheTime"/>, and are cut off whose account is gone or
/// has another token than the one that they were opened with. Whoever comes back is not let in.
/// </summary>
internal sealed partial class OpenConnections(AccountStore accounts, TimeProvider time, ILogger<OpenConnections> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<Connection, Account> _open = [];

    /// <summary>Keeps an eye on a request of an account's for as long as it takes.</summary>
    public async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<Account>() is not { } account)
        {
            await next(context);
            return;
        }

        var connection = new Connection(context);
        _open[connection] = account;
        try
        {
            await next(context);
        }
        finally
        {
            _open.TryRemove(connection, out _);
            connection.Leave();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(AccountStore.CacheTime, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await EndOutdatedAsync(stoppingToken);
            }
            catch (NpgsqlException failure)
            {
                LogPutOff(logger, failure.Message);
            }
        }
    }

    private async Task EndOutdatedAsync(CancellationToken cancellationToken)
    {
        if (_open.ToArray() is not { Length: > 0 } open)
        {
            return;
        }

        var credentials = await accounts.CredentialsAsync([.. open.Select(one => one.Value.Id).Distinct()], cancellationToken);
        foreach (var (connection, account) in open)
        {
            if (credentials.GetValueOrDefault(account.Id) != account.Credential && connection.Abort())
            {
                LogEnded(logger, account.Id);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A connection of account {Id} was ended: the account is gone, or has another token now")]
    private static partial void LogEnded(ILogger logger, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Open connections are not looked through, PostgreSQL does not answer: {Reason}")]
    private static partial void LogPutOff(ILogger logger, string reason);

    /// <summary>A request that is under way. The server uses its context for another one later, which must not be cut off in its place.</summary>
    private sealed class Connection(HttpContext context)
    {
        private readonly Lock _gate = new();
        private bool _isOver;

        /// <summary>Cuts it off; false if it is over.</summary>
        public bool Abort()
        {
            lock (_gate)
            {
                if (_isOver)
                {
                    return false;
                }

                _isOver = true;
                context.Abort();
                return true;
            }
        }

        public void Leave()
        {
            lock (_gate)
            {
                _isOver = true;
            }
        }
    }
}
