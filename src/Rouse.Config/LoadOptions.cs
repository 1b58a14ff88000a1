namespace Rouse.Config;

/// <summary>What the command line says about reading the configuration.</summary>
public sealed record LoadOptions
{
    public static LoadOptions Default { get; } = new();

    /// <summary>Read /etc/inetd.conf too (<c>-inetd_compat</c>).</summary>
    public bool InetdCompat { get; init; }

    /// <summary>Which file that is.</summary>
    public string InetdFile { get; init; } = "/etc/inetd.conf";

    /// <summary>
    /// The id or name of services that are read as if nothing switched them off: neither their own <c>disable</c> nor the lists in
    /// defaults. Empty for none.
    /// </summary>
    public string SwitchedOn { get; init; } = "";
}
