using Rouse.Config;

namespace Rouse.Server.Reloading;

/// <summary>Reads the daemon's configuration as its files are now.</summary>
/// <param name="switchedOn">See <see cref="LoadOptions.SwitchedOn"/>.</param>
public delegate Configuration ConfigurationReading(string switchedOn);
