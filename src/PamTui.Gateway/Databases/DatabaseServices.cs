using Microsoft.Extensions.Logging;
using PamTui.Core.Sessions;
using PamTui.Core.Statements;
using PamTui.Gateway.Relay;

namespace PamTui.Gateway.Databases;

/// <summary>What the database connections of one gateway share.</summary>
internal sealed record DatabaseServices(Sessions Sessions, Statements Statements, LiveSessions Live, Func<GatewayOptions> OptionsNow, TimeProvider Time, ILogger Log);
