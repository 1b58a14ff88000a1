using System;
using Rouse.Config.Model;
using Rouse.Server.Backends;
using Rouse.Server.BuiltIn;
using Rouse.Server.Intercepting;
using Rouse.Server.Redirecting;
using Rouse.Server.Warm;

namespace Rouse.Server.Launch;

/// <summary>The handler of each kind of stream service: one object a kind, shared by all services of the kind.</summary>
internal sealed class ConnectionHandlers(Keeper keeper)
{
    private readonly SpawnHandler _spawn = new(keeper);
    private readonly ClockHandler _daytime = new(keeper, BuiltInService.Daytime);
    private readonly ClockHandler _time = new(keeper, BuiltInService.Time);
    private readonly EchoHandler _echo = new();
    private readonly DiscardHandler _discard = new();
    private readonly ChargenHandler _chargen = new();
    private readonly RedirectHandler _redirect = new(keeper);
    private BackendHandler? _backend;
    private readonly InterceptHandler _intercept = new();
    private readonly TcpmuxHandler _tcpmux = new(keeper);
    private readonly ListingHandler _services = new(keeper, BuiltInService.Services);
    private readonly ListingHandler _servers = new(keeper, BuiltInService.Servers);
    private WarmHandler? _warm;

    // Made when a service needs it: hardly any configuration has one.
    private BackendHandler Backend => _backend ??= new BackendHandler(keeper, keeper.MostWaiting);

    public ConnectionHandler For(ServiceDefinition definition) => definition.BuiltIn switch
    {
        BuiltInService.None when definition.Redirect is not null => _redirect,
        BuiltInService.None when definition.Start.Kind == StartKind.OnDemandResident => Backend,
        BuiltInService.None when definition.IsIntercepted => _intercept,
        BuiltInService.None when definition.Start.Kind is StartKind.Warm or StartKind.WarmShared => _warm ??= new WarmHandler(keeper),
        BuiltInService.None => _spawn,
        BuiltInService.Echo => _echo,

        // Of a sensor's peers the gate lets none through.
        BuiltInService.Discard or BuiltInService.Sensor => _discard,
        BuiltInService.Chargen => _chargen,
        BuiltInService.Daytime => _daytime,
        BuiltInService.Time => _time,
        BuiltInService.Tcpmux => _tcpmux,
        BuiltInService.Services => _services,
        BuiltInService.Servers => _servers,
        _ => throw new ArgumentOutOfRangeException(nameof(definition), definition.BuiltIn, "not served by this version"),
    };
}
