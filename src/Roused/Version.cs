namespace Roused;

/// <summary>What -version prints.</summary>
internal static class Version
{
    public const string Number = "0.1.0";

    public const string InetdLine = "inetd (Rouse) " + Number;

    public const string Line = "Rouse Version " + Number + " (xinetd 2.3.15 compatible) loadavg";
}
