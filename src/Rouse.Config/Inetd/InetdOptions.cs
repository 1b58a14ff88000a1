namespace Rouse.Config.Inetd;

/// <summary>What inetd's command line says about the lines of its file.</summary>
/// <param name="Grammar">Whose inetd.conf it is.</param>
public sealed record InetdOptions(InetdGrammar Grammar)
{
    /// <summary>-R: starts of one service a minute; null for the grammar's own number, 0 for no limit.</summary>
    public int? StartsPerMinute { get; init; }

    /// <summary>-c of FreeBSD: servers of one service at a time; 0 for no limit.</summary>
    public int MostChildren { get; init; }

    /// <summary>-C of FreeBSD: connections of one address to one service a minute; 0 for no limit.</summary>
    public int PerSourcePerMinute { get; init; }

    /// <summary>-s of FreeBSD: servers of one service for one address at a time; 0 for no limit.</summary>
    public int MostPerSource { get; init; }

    /// <summary>-a of FreeBSD: where services without an address of their own listen; empty for every address.</summary>
    public string Address { get; init; } = "";

    /// <summary>-l of FreeBSD: connections are logged.</summary>
    public bool LogsConnections { get; init; }

    /// <summary>Rules of tcp_wrappers are asked about the peers of servers (-l, -w).</summary>
    public bool AsksWrappers { get; init; }

    /// <summary>The same for what the daemon answers itself (-W).</summary>
    public bool AsksWrappersForInternal { get; init; }
}
