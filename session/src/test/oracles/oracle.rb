# Signs cookies with the cookie jar of Rails. One JSON object of strings a line, the answer likewise.

require "json"
require "logger"
require "openssl"
require "active_support"
require "active_support/messages/rotation_configuration"
require "action_dispatch"
require "action_dispatch/middleware/cookies"
require "rack/mock"

$stdout.sync = true

# Rails 7 derives keys with SHA-256; older releases have no option for it.
class Keys
  def initialize(secret, digest)
    @secret = secret
    @digest = digest
  end

  def generate_key(salt, size = 64)
    if ActiveSupport::KeyGenerator.respond_to?(:hash_digest_class)
      digest = OpenSSL::Digest.const_get(@digest.upcase)
      ActiveSupport::KeyGenerator.new(@secret, iterations: 1000, hash_digest_class: digest).generate_key(salt, size)
    elsif @digest == "sha1"
      ActiveSupport::KeyGenerator.new(@secret, iterations: 1000).generate_key(salt, size)
    else
      OpenSSL::PKCS5.pbkdf2_hmac(@secret, salt, 1000, size, @digest)
    end
  end
end

def jar(ask)
  request = ActionDispatch::Request.new(Rack::MockRequest.env_for("/"))
  {
    "key_generator" => Keys.new(ask["secret"], ask["derivation"]),
    "secret_key_base" => ask["secret"],
    "signed_cookie_salt" => "signed cookie",
    "signed_cookie_digest" => ask["algorithm"].upcase,
    "cookies_serializer" => ask["serializer"].to_sym,
    "use_cookies_with_metadata" => ask["metadata"] != "false",
    "cookies_rotations" => ActiveSupport::Messages::RotationConfiguration.new
  }.each { |name, value| request.set_header("action_dispatch.#{name}", value) }
  request.cookie_jar
end

def answer(ask)
  return { package: "Action Pack #{ActionPack.version}" } if ask["do"] == "version"
  value = JSON.parse(ask["value"])
  options = { value: value }
  options[:expires] = Time.at(ask["expires"].to_i) if ask["expires"]
  cookies = jar(ask)
  cookies.signed[ask["name"]] = options
  headers = {}
  cookies.write(headers)
  cookie = [headers["Set-Cookie"] || headers["set-cookie"]].flatten.first.split(";").first
  { cookie: cookie, payload: ActiveSupport::JSON.encode(value).unpack1("H*") }
end

STDIN.each_line do |line|
  begin
    said = answer(JSON.parse(line))
  rescue StandardError => e
    said = { error: e.inspect }
  end
  puts JSON.generate(said)
end
