using System.Buffers;
using System.Data;
using System.Net.Sockets;
using System.Text.Json;
using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Tools;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.ChatService.Plugins;

/// <summary>
/// Asks databases of others. Only servers that an operator allowed, at the address that was checked; in a transaction that only
/// reads, as part of a SELECT that is cut to rows and characters by the server, and within a time that both ends keep.
/// </summary>
internal sealed class SqlQueries(OutboundAddresses addresses, IOptions<PluginsOptions> options, TimeProvider time)
{
    private const int MinTimeoutMilliseconds = 100;

    private PluginsOptions Limits => options.Value;

    public static int PortOf(SqlConnectionData connection) => connection.Port ?? 5432;

    public static AllowedDatabase? Allowed(PluginsOptions options, SqlConnectionData connection) => options.Databases.FirstOrDefault(database =>
        database.Host.Equals(connection.Hostname, StringComparison.OrdinalIgnoreCase) && database.Port == PortOf(connection));

    /// <summary>The rows as a JSON array.</summary>
    /// <exception cref="ToolFailedException">There are none to be had; why.</exception>
    public async Task<string> RunAsync(SqlConnectionData connection, SqlText query, JsonElement arguments, int? limit, CancellationToken cancellationToken)
    {
        var patience = connection.Timeout is { } seconds && TimeSpan.FromSeconds(seconds) < Limits.QueryTimeout ? TimeSpan.FromSeconds(seconds) : Limits.QueryTimeout;
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await using var open = await OpenAsync(connection, patience, either.Token);
            return await ReadAsync(open, query, arguments, Math.Min(limit ?? Limits.MaxRows, Limits.MaxRows), patience, either.Token);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && (late.IsCancellationRequested || IsLate(failure)))
        {
            throw new ToolFailedException($"The database did not answer within {patience.TotalSeconds:0.#} s.", failure);
        }
        catch (PostgresException refused)
        {
            throw new ToolFailedException($"The database refused the query ({refused.SqlState}): {refused.MessageText}", refused);
        }
        catch (Exception failure) when (failure is NpgsqlException or SocketException or PrivateAddressException or IOException)
        {
            throw new ToolFailedException(
                failure is PrivateAddressException ? "The database's host has no address in the public internet." : "The database could not be reached.", failure);
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(SqlConnectionData connection, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (Allowed(Limits, connection) is not { } allowed)
        {
            throw new ToolFailedException("The operator does not allow this database any more.");
        }

        var found = await addresses.FindAsync(connection.Hostname, allowed.AllowPrivate, cancellationToken);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = found[0].ToString(),
            Port = allowed.Port,
            Database = connection.Database,
            Username = connection.Username,
            Password = connection.Password,
            ApplicationName = "lyceum",
            Timeout = Math.Max(1, (int)patience.TotalSeconds),
            CommandTimeout = 1 + (int)Math.Ceiling(patience.TotalSeconds),
            Pooling = false,
            SslMode = connection.UseSsl is true ? SslMode.VerifyFull : SslMode.Disable,
        };
        // The name that the certificate is for is not the address that is connected to.
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        builder.UseSslClientAuthenticationOptionsCallback(tls => tls.TargetHost = connection.Hostname);
        await using var source = builder.Build();
        return await source.OpenConnectionAsync(cancellationToken);
    }

    private async Task<string> ReadAsync(NpgsqlConnection connection, SqlText query, JsonElement arguments, int limit, TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var bounds = new NpgsqlBatch(connection))
        {
            bounds.BatchCommands.Add(new NpgsqlBatchCommand("SET TRANSACTION READ ONLY"));
            bounds.BatchCommands.Add(new NpgsqlBatchCommand($"SET LOCAL statement_timeout = {Math.Max(MinTimeoutMilliseconds, (int)patience.TotalMilliseconds)}"));
            await bounds.ExecuteNonQueryAsync(cancellationToken);
        }

        // Of a batch, a command is one statement: nothing can be added behind it. And only what gives rows can stand in a FROM.
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"SELECT left(row_to_json(lyceum_row)::text, {Limits.MaxRowCharacters}) FROM (\n{query.Text}\n) AS lyceum_row LIMIT {limit}"));
        foreach (var parameter in query.Parameters)
        {
            batch.BatchCommands[0].Parameters.Add(Parameter(parameter, arguments));
        }

        List<string> lines = [];
        await using var rows = await batch.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        while (lines.Count < limit && await rows.ReadAsync(cancellationToken))
        {
            lines.Add(await ReadRowAsync(rows, cancellationToken));
        }

        return lines.Count == 0 ? "[]" : $"[{string.Join(",\n", lines)}]";
    }

    /// <summary>A row, of which the server should have sent no more; but it is the server of others.</summary>
    private async Task<string> ReadRowAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        using var text = await rows.GetTextReaderAsync(0, cancellationToken);
        var buffer = ArrayPool<char>.Shared.Rent(Limits.MaxRowCharacters);
        try
        {
            return new string(buffer, 0, await text.ReadBlockAsync(buffer.AsMemory(0, Limits.MaxRowCharacters), cancellationToken));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static bool IsLate(Exception failure) => failure is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    private static NpgsqlParameter Parameter(ParameterSpec parameter, JsonElement arguments)
    {
        var value = ParameterSchemas.Value(parameter, arguments);
        return parameter.Type switch
        {
            "integer" => Make(NpgsqlDbType.Bigint, value is { } number ? (number.TryGetInt64(out var whole) ? whole : (long)number.GetDouble()) : null),
            "number" => Make(NpgsqlDbType.Double, value?.GetDouble()),
            "boolean" => Make(NpgsqlDbType.Boolean, value?.GetBoolean()),
            _ => Make(NpgsqlDbType.Text, value is { ValueKind: JsonValueKind.String } text ? text.GetString()!.Replace("\0", "", StringComparison.Ordinal) : value?.GetRawText()),
        };

        static NpgsqlParameter Make(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
    }
}
