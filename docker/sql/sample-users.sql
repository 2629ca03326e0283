-- Sample users for trying out, one for each tier and an admin: <tier>-user@example.test with the
-- password demo-<tier>-user, founder-admin@example.test with demo-founder-admin. Their passwords
-- are known to everybody: never apply this to a database that others reach.
-- Can be applied again: what exists is left as it is.

insert into auth.users (id, name, email, email_verified, role, access_tier)
values
  ('sampleGuestUser00000000000000000', 'Gesa Sommer', 'guest-user@example.test', true, 'user', 'guest'),
  ('samplePublicUser0000000000000000', 'Paul Sommer', 'public-user@example.test', true, 'user', 'public'),
  ('sampleBetaUser000000000000000000', 'Bea Sommer', 'beta-user@example.test', true, 'user', 'beta'),
  ('sampleAlphaUser00000000000000000', 'Anton Sommer', 'alpha-user@example.test', true, 'user', 'alpha'),
  ('sampleFounderUser000000000000000', 'Frida Sommer', 'founder-user@example.test', true, 'user', 'founder'),
  ('sampleFounderAdmin00000000000000', 'Frida Vogt', 'founder-admin@example.test', true, 'admin', 'founder')
on conflict do nothing;

-- Scrypt, as Better Auth makes it.
insert into auth.accounts (id, account_id, provider_id, user_id, password)
select user_id, user_id, 'credential', user_id, password
  from (values
    ('sampleGuestUser00000000000000000',
      'c5f895ec17a2305677a55dc4f82606fb:'
      '7ccfa6b4629fdef27246372663530ad9ab566ba02ab6d45a484827fd96bab517'
      '0aca849be7eb111a1ad71f1e7ae6302d7afccbc415a15297b4f2894693241123'),
    ('samplePublicUser0000000000000000',
      '6da5d24c92e32fe48b11f0d8777ffd4b:'
      '7ef4eaf636fe53c9bed5c413a6109ee1c1a0410b7df837dd51c579ad1a43c819'
      'e4df0d4f57a5792e0deffa24d60f6ec8555ea3db2315565546b4358b43ac6658'),
    ('sampleBetaUser000000000000000000',
      'adcda34fe84c48521bc2556b06878a82:'
      '544aa165f5345bd1769222997e6747ae6bcc219e2a184cfbb49a0afe986c7791'
      '7a0d6347552e86910a76578f8a928c99d2c6e04f38ce7a0672cabe42c3f3c1bf'),
    ('sampleAlphaUser00000000000000000',
      '0eb9be104ae6337c483fc892404488dd:'
      '18aab2cbaeb3c11afa1e0e3098030056d49640f8417748524e84311efe5c9bee'
      '640753c844f621aa7eb6bf2a143acdec47733a1a96fec8051133eab25767e0b8'),
    ('sampleFounderUser000000000000000',
      '65f17599850292abcbd7e25716433057:'
      'b61a8f67810b2d6283687ad34b24de07351df02620e9200105ceb1266caab1cb'
      '793fe3769a29b3786490773b23969c99984c2e819df83e9dc8eecadce84561c4'),
    ('sampleFounderAdmin00000000000000',
      '3548d9b09d108af1cc3ae5452808f14b:'
      '889eaef08d3383915e74161887456fa59025a3f3378336ab0ff67274ec336611'
      'c5997cb0d36fb542e244b714120b0b5e3a08dae47af6084954060691fa9de0cd')
  ) sample (user_id, password)
 where exists (select from auth.users where id = user_id)
on conflict do nothing;
