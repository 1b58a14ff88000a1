namespace Rouse.Config;

/// <summary>What the command line says about reading the configuration.</summary>
public sealed record LoadOptions
{
    public static LoadOptions Default { get; } = new();

    /// <summary>Read /etc/inetd.conf too (<c>-inetd_compat</c>).</summary>
    public bool InetdCompat { get; init; }

    /// <summary>Which file that is.</summary>
    public string InetdFile { get; init; } = "/etc/inetd.conf";
}
