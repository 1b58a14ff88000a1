using Rouse.Config.Model;

namespace Rouse.Server.Identity;

/// <summary>Whom a service asks for the user behind a connection, and what becomes of who has none.</summary>
internal readonly record struct Identification
{
    /// <summary>
    /// The user behind each connection is asked for (USERID) before it is served. As in the original not for daytime and time, which are
    /// answered on the spot; but where only identified users are served, for these too. Differs from xinetd: D-039.
    /// </summary>
    public bool AsksServed { get; private init; }

    /// <summary>IDONLY: who is not identified is not served.</summary>
    public bool IsRequired { get; private init; }

    /// <summary>The user behind a refused connection is asked for.</summary>
    public bool AsksRefused { get; private init; }

    /// <param name="acceptsConnections">The daemon itself accepts this service's connections.</param>
    public static Identification Of(ServiceDefinition definition, bool acceptsConnections)
    {
        const int Tcp = 6;
        bool canIdentify = acceptsConnections && !definition.Wait && definition.Protocol.Number == Tcp;
        bool onSuccess = canIdentify && definition.LogOnSuccess.HasFlag(LogOnSuccess.UserId);
        bool onTheSpot = definition.BuiltIn is BuiltInService.Daytime or BuiltInService.Time;
        bool isRequired = onSuccess && definition.Flags.HasFlag(ServiceFlags.IdOnly);
        return new Identification
        {
            IsRequired = isRequired,
            AsksServed = onSuccess && (!onTheSpot || isRequired),
            AsksRefused = canIdentify && definition.LogOnFailure.HasFlag(LogOnFailure.UserId),
        };
    }
}
